// Inferometer
// SPDX-License-Identifier: Apache-2.0

public import AsyncHTTPClient

extension HTTPClient {
    /// The client of all engines for which none was given; it lives as long as the process.
    ///
    /// It tries no connection twice: an engine that does not run is told of at once, where the shared client would go on
    /// trying for as long as an answer may take.
    public static let engines: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }()
}
