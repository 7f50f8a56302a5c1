// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOSSL

/// A certificate for localhost that signs itself, made for these tests alone (openssl, valid for a hundred years).
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBmzCCAUGgAwIBAgIUNgYEIatDv44XFRHg93s4GCOAhOswCgYIKoZIzj0EAwIw
        FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDE1MTcyMVoYDzIxMjYxMDMx
        MTUxNzIxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
        PQMBBwNCAAThj6aDOdeE6TCSol5qPYFefSdDhSh8Z5tn7UCdTaWrcJJioMCYCAtX
        0lXc2r4CeXFsf2JKQkkmKC6iZ2a9OvdMo28wbTAdBgNVHQ4EFgQUnzIVM/aWI3FO
        xhjvUVJOkApVE4MwHwYDVR0jBBgwFoAUnzIVM/aWI3FOxhjvUVJOkApVE4MwDwYD
        VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
        zj0EAwIDSAAwRQIhAPITjSfaAZ3fRqZnmNghAJkUwdYeeFR0vhLPTYKxN+fzAiB8
        +M7aN1OMIxq6ILmOTCluGdTZmMeRPnZSTFY2UxX2qQ==
        -----END CERTIFICATE-----
        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6R8DgmLcq7wj7RQu
        rXsvy3WT1y+BXStyRcKlpu468AKhRANCAAThj6aDOdeE6TCSol5qPYFefSdDhSh8
        Z5tn7UCdTaWrcJJioMCYCAtX0lXc2r4CeXFsf2JKQkkmKC6iZ2a9OvdM
        -----END PRIVATE KEY-----
        """

    /// What a server needs to show it.
    static func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        )
    }

    /// Writes the certificate into a file for the length of a scope.
    static func withFile<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem")
        try certificate.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try await body(file.path)
    }
}
