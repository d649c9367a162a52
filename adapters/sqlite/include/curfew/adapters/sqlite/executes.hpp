// How statements are executed, by whatever executes them: a database, a connection, a transaction.
#pragma once

#include <curfew/adapters/sqlite/error.hpp>
#include <curfew/adapters/sqlite/result.hpp>
#include <curfew/adapters/sqlite/value.hpp>
#include <curfew/detail/context_here.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace curfew::sqlite {

namespace detail {

using curfew::detail::context_here;

/// How a statement ended; `why` is set if its context did.
class outcome {
public:
    outcome() noexcept {}
    static outcome ended_by(curfew::cause why);
    static outcome failed(error_code code, std::string what);
    static outcome failed(errc code, std::string what);

    /// Throws what it stands for. Precondition: a failure.
    [[noreturn]] void raise() const;

    error_code    error;
    curfew::cause why;
    std::string   what;
    result        rows;
};

task<result>                         rows_or_throw(task<outcome> running);
task<std::tuple<error_code, result>> rows_and_code(task<outcome> running);

template <class... A>
std::vector<value> values(A&&... each)
{
    std::vector<value> all;
    all.reserve(sizeof...(A));
    (all.emplace_back(std::forward<A>(each)), ...);
    return all;
}

}  // namespace detail

/// The base of what executes statements. Made by `database`, `connection` and `transaction` only.
template <class Target>
class executes {
public:
    /// Executes one statement on a worker thread, with `args` for its parameters in order, and reads all its rows.
    ///
    /// `args` are what a `value` is made of: numbers, texts, blobs, `nullptr`, optionals. The statement is prepared once
    /// for each connection and kept.
    ///
    /// Completes:    when the statement has ended over there, also after a cancel.
    /// Returns:      the rows and what was changed; also if `ctx` ended when the statement was through already.
    /// Errors:       throws `context_error` if `ctx` ended first, `error` for everything else.
    /// Cancellation: canceling `ctx` or the awaiting coroutine (any type) interrupts the statement and whatever lock it
    ///               waits for. A statement that was interrupted has changed nothing; in a transaction, SQLite rolls
    ///               back all of it if the statement was a write.
    /// Threads:      on the loop of `ctx`; the coroutine goes on there.
    template <class... A>
    task<result> execute(detail::context_here ctx, std::string_view sql, A&&... args)
    {
        return detail::rows_or_throw(
            target().run(std::move(ctx), std::string(sql), detail::values(std::forward<A>(args)...)));
    }

    /// The same without an exception: gives the error, and the rows if there is none.
    template <class... A>
    task<std::tuple<error_code, result>> execute(detail::context_here ctx, decltype(nothrow)&, std::string_view sql,
                                                 A&&... args)
    {
        return detail::rows_and_code(
            target().run(std::move(ctx), std::string(sql), detail::values(std::forward<A>(args)...)));
    }

protected:
    executes()                           = default;
    executes(const executes&)            = default;
    executes& operator=(const executes&) = default;
    ~executes()                          = default;

private:
    Target& target() noexcept { return static_cast<Target&>(*this); }
};

}  // namespace curfew::sqlite
