// The options in force, put together from what flags, environment and file say.
#pragma once

#include "options.hpp"

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace demo {

/// What one source says about one setting.
struct given {
    setting::texts texts;
    std::string    origin;  ///< As the user knows it: `--threads`, `CURFEW_THREADS`, `demo.toml:3`.
};

/// What one source says, by name of the setting.
using layer = std::map<std::string_view, given>;

/// The values, and for each that is not the default where it came from.
struct configuration {
    options                                 values;
    std::map<std::string_view, std::string> origins;
};

/// Reads the environment: the setting `drain-limit` is `CURFEW_DRAIN_LIMIT`; several values are separated by commas.
///
/// A variable that is empty counts as not set.
layer read_environment(const std::function<const char*(const char*)>& find_variable);

/// Puts layers together; the strongest comes first.
///
/// Errors: `usage_error` for a value that cannot be read, also if a stronger layer hides it.
configuration merge(std::initializer_list<layer> strongest_first);

/// Writes a configuration as the TOML file that would give the same, with the origin of each value behind it.
/// A secret is left out.
std::string to_toml(const configuration& merged);

}  // namespace demo
