// How a run ended, before it is thrown or returned.
#pragma once

#include <curfew/adapters/process/command.hpp>
#include <curfew/adapters/process/error.hpp>
#include <curfew/adapters/process/result.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/error.hpp>
#include <curfew/task.hpp>

#include <string>

namespace curfew::process::detail {

using curfew::detail::context_here;

/// `why` is set if the context ended; else `what` says more about an error.
class outcome {
public:
    outcome() noexcept {}
    static outcome done(result value);
    static outcome ended_by(curfew::cause why);
    static outcome failed(error_code code, std::string what);
    static outcome failed(const boost::system::system_error& thrown);

    /// Throws what it stands for. Precondition: an error.
    [[noreturn]] void raise() const;

    error_code    error;
    curfew::cause why;
    std::string   what;
    result        value;
};

/// `run` without an exception.
task<outcome> run_captured(context_here ctx, command what);

}  // namespace curfew::process::detail
