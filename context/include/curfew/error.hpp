// What ended a context, as an error code, and the exception that carries the cause.
#pragma once

#include <curfew/cause.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/system_error.hpp>

namespace curfew {

using boost::system::error_code;

/// Says *what* ended a context; `context::cause()` says why.
enum class errc {
    canceled            = 1,  ///< Somebody asked for it: a cancel source, a failed sibling, a lost race, a scope left.
    deadline_exceeded   = 2,  ///< The effective deadline passed.
    client_disconnected = 3,  ///< The peer of the request's connection went away.
    shutdown            = 4,  ///< The server is going down and its drain limit has passed.
};

/// Groups errors by what they mean to a caller.
enum class cond {
    canceled = 1,  ///< Matches every `errc`, and nothing else: not a plain `asio::error::operation_aborted`.
};

const boost::system::error_category& context_category() noexcept;
const boost::system::error_category& context_condition_category() noexcept;

inline error_code make_error_code(errc e) noexcept
{
    return {static_cast<int>(e), context_category()};
}

inline boost::system::error_condition make_error_condition(cond c) noexcept
{
    return {static_cast<int>(c), context_condition_category()};
}

/// Tells which error a context that ended for this kind of cause reports.
errc error_of(cause_kind kind) noexcept;

/// Thrown by curfew's own awaitables when their context has ended.
///
/// `code()` is one of `errc`; `cause()` is the record that `context::cause()` gives.
class context_error : public boost::system::system_error {
public:
    explicit context_error(curfew::cause why);

    const curfew::cause& cause() const noexcept { return cause_; }

private:
    curfew::cause cause_;
};

}  // namespace curfew

namespace boost::system {
template <>
struct is_error_code_enum<curfew::errc> : std::true_type {};
template <>
struct is_error_condition_enum<curfew::cond> : std::true_type {};
}  // namespace boost::system
