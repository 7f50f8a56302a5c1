// Inferometer
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import TelemetryProxy

/// `inferometer serve`: the recording proxy.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Pass calls on to an engine and record each.",
        discussion: """
            Examples:

              inferometer serve
                  Looks for an engine on this machine: Ollama, vLLM, llama.cpp, LM Studio, SGLang, MLX.
              inferometer serve --upstream http://127.0.0.1:8080
              inferometer serve --upstream https://api.openai.com
              inferometer serve --upstream vllm=http://gpu1:8000 --upstream ollama=http://127.0.0.1:11434
                  Reached under http://127.0.0.1:4242/vllm/... and /ollama/...; the first takes the other paths.
              inferometer serve --simulate
                  No engine needed; every record says that it is simulated.
              inferometer serve --devices vllm=GPU-1,GPU-2 --electricity 0.30EUR/kWh --carbon 400g/kWh
                  Each call's joules, what they cost, and their carbon; 'doctor' shows devices and sensors.

            When it accepts connections it prints 'Listening on http://HOST:PORT' on standard output. SIGTERM and \
            Ctrl-C end it once the calls in flight are recorded. Tags: X-Inferometer-Agent, -Session, -Batch, \
            -Warmup: true, -Meta-KEY.

            Each option may also stand in the environment (INFEROMETER_ALLOW_HOST) or in the file of --config \
            ("allow-host"); options win over the environment, the environment over the file.
            """
    )

    @OptionGroup
    var options: ServeOptions

    func run() async throws {
        let context = CommandContext.process()
        let settings = try await options.store.settings(context)
        let plan = try ServePlan(options: options, settings: settings, environment: context.environment)
        let session = ServeSession(plan: plan, logger: ErrorLog.logger(level: plan.logLevel))
        try await session.run(clock: context.clock) { address in
            try context.output.line("Listening on \(address.url)")
            if Terminal.isErrorInteractive { try ClientHints.writeToStandardError(url: address.url) }
            return .serve
        }
    }
}
