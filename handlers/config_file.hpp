// The configuration file.
#pragma once

#include "configuration.hpp"

#include <string>
#include <string_view>

namespace demo {

/// Reads a TOML file. Its keys are the names of the settings.
///
/// Errors: `std::runtime_error` if the file cannot be read; `usage_error`, with file and line, if it is no TOML or has a
///         key that is no setting.
layer read_config_file(const std::string& path);

/// The same for a text; `path` is what it is called in messages.
layer parse_config(std::string_view text, const std::string& path);

}  // namespace demo
