// Scheme, host and port of a URL: what a list of permitted services is made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace curfew {

/// Gives the origin of a URL of http or https, in the form of `client_response::origin`: lowercase, always with the port,
/// such as `http://127.0.0.1:8080`. Equal origins are equal texts.
///
/// Returns: nothing if the client would not call the URL: it is malformed, relative, of another scheme, or has user
///          information.
[[nodiscard]] std::optional<std::string> url_origin(std::string_view url);

}  // namespace curfew
