// How the service calls itself over HTTP, as it would call another one.
#pragma once

#include <curfew/client.hpp>
#include <curfew/context.hpp>
#include <curfew/task.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace demo {

/// A client of this very service.
///
/// Thread safety: `listens_on` before the first request; the rest from every thread that runs requests.
class own_service {
public:
    own_service();

    /// Says where the service can be reached, such as `127.0.0.1:8080`.
    void listens_on(std::string_view address);

    /// Gets a JSON document; `what` is what errors call it.
    ///
    /// Errors: `http_error` 504 if time was too short for it, or it says so itself; 502 if it fails in another way;
    ///         503 if the service listens on no address of TCP. The context's error if `ctx` ends.
    curfew::task<nlohmann::json> get_json(curfew::context ctx, std::string what, std::string target);

private:
    curfew::client api_;
    std::string    url_;
};

}  // namespace demo
