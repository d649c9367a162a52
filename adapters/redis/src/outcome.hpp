// How a call ended, before it is thrown or returned.
#pragma once

#include <curfew/adapters/redis/error.hpp>
#include <curfew/adapters/redis/reply.hpp>
#include <curfew/cause.hpp>

#include <string>
#include <vector>

namespace curfew::redis::detail {

/// `why` is set if the context ended; else `what` says more about an error.
class outcome {
public:
    outcome() noexcept {}
    static outcome ended_by(curfew::cause why);
    static outcome failed(error_code code, std::string what);

    /// Throws what it stands for. Precondition: an error.
    [[noreturn]] void raise() const;

    error_code         error;
    curfew::cause      why;
    std::string        what;
    std::vector<reply> replies;
};

}  // namespace curfew::redis::detail
