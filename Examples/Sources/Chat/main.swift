// Inferometer
// SPDX-License-Identifier: Apache-2.0

// A chat on the command line: Chat [URL] finds Ollama, llama.cpp or their like on this machine, or asks the one named.

import Telemetry

let discovery = EngineDiscovery(client: .shared)
var url = CommandLine.arguments.dropFirst().first
var kind: EngineKind?
if let url {
    kind = await discovery.fingerprint(of: url)?.kind
} else if let found = await discovery.localEngines().first {
    (url, kind) = (found.url, found.kind)
}

if let url {
    // Only an engine on this machine uses this machine's energy.
    let isHere = ["//127.", "//localhost", "//[::1]"].contains { url.contains($0) }
    let identity = EngineIdentity(kind: kind ?? .unknown, name: url, isLocal: isHere)
    if kind == .ollama {
        try await Conversation(with: OllamaEngine(baseURL: url, identity: identity)).run()
    } else {
        try await Conversation(with: OpenAICompatibleEngine(baseURL: url, identity: identity)).run()
    }
} else {
    print("No engine answers on this machine. Start Ollama or llama.cpp, or name an address.")
}
