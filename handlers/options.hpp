// What can be set about the demo service.
#pragma once

#include <curfew/log.hpp>

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// The values in force, with their defaults.
struct options {
    std::vector<std::string>  listen = {"127.0.0.1:8080"};
    std::string               admin  = "127.0.0.1:8081";  ///< Empty: none.
    std::string               admin_token;                ///< Empty: none is asked for.
    unsigned                  threads = 0;                ///< 0: one per processor.
    std::chrono::milliseconds request_timeout{30'000};
    std::chrono::milliseconds drain_delay{0};
    std::chrono::milliseconds drain_limit{10'000};
    curfew::log_level         log_level  = curfew::log_level::info;
    curfew::log_format        log_format = curfew::log_format::text;
    bool                      access_log = true;
    std::vector<std::string>  proxy_origins;              ///< That `/proxy` calls, as `curfew::url_origin` writes them.
};

/// One setting, whichever way it is given: the flag `--drain-limit`, the environment variable `CURFEW_DRAIN_LIMIT`, or the
/// key `drain-limit` of the configuration file.
struct setting {
    using texts = std::vector<std::string>;

    std::string_view name;
    std::string_view value;  ///< What its value looks like, for `--help`.
    std::string_view help;
    bool             repeatable;
    bool             secret;

    /// Reads the value; only a repeatable setting is given more than one text.
    /// Errors: `std::invalid_argument`, which says what is wrong with the text.
    void (*read)(options&, const texts&);

    /// Writes the value as TOML.
    std::string (*write)(const options&);
};

/// All settings, in the order in which they are shown.
std::span<const setting> all_settings();

/// The setting of this name, or null.
const setting* find_setting(std::string_view name);

}  // namespace demo
