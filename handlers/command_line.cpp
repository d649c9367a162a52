#include "command_line.hpp"

#include "usage_error.hpp"

#include <CLI/CLI.hpp>

#include <utility>
#include <vector>

namespace demo {

command_line read_command_line(int argc, const char* const* argv)
{
    CLI::App app("A service whose requests have a deadline, see their client leave, and say why they ended.", "curfew-demo");
    app.footer("Each setting is also an environment variable (CURFEW_DRAIN_LIMIT) and a key of the file (drain-limit).\n"
               "Flags win over the environment, the environment over the file.");
    app.set_version_flag("--version", "curfew-demo " CURFEW_VERSION);

    std::vector<std::pair<const setting*, CLI::Option*>> settings;
    for (const auto& each : all_settings()) {
        auto* const flag = app.add_option("--" + std::string(each.name))
                               ->description(std::string(each.help))
                               ->type_name(std::string(each.value));
        if (each.repeatable)
            flag->take_all();
        settings.emplace_back(&each, flag);
    }

    command_line line;
    bool         print_config = false;
    bool         healthcheck  = false;
    app.add_option("--config", line.config, "Configuration file (CURFEW_CONFIG)")->type_name("FILE");
    auto* const print = app.add_flag("--print-config", print_config, "Print the configuration in force and exit");
    app.add_flag("--healthcheck", healthcheck, "Ask the running service whether it is healthy: exit code 0 or 1")
        ->excludes(print);

    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        line.text = app.help();
    } catch (const CLI::CallForVersion& version) {
        line.text = version.what() + std::string("\n");
    } catch (const CLI::ParseError& error) {
        throw usage_error(error.what() + std::string("; --help lists the flags"));
    }

    if (!line.text.empty())
        line.wanted = command::print_text;
    else if (print_config)
        line.wanted = command::print_config;
    else if (healthcheck)
        line.wanted = command::healthcheck;
    for (const auto& [about, flag] : settings) {
        if (flag->count())
            line.flags[about->name] = {flag->results(), "--" + std::string(about->name)};
    }
    return line;
}

}  // namespace demo
