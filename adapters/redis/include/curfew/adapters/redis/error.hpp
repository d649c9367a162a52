// What can go wrong between a program and Redis.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <string>
#include <type_traits>

namespace curfew::redis {

using boost::system::error_code;

enum class errc {
    server           = 1,  ///< The server answered with an error; `what()` has its words.
    connection_lost  = 2,  ///< The connection broke after the command was sent: it may have been executed, or not.
    protocol         = 3,  ///< What the server sent is no reply, or larger than `max_reply_bytes`.
    too_many_waiting = 4,  ///< `max_waiting` commands wait already.
    closed           = 5,  ///< The client object is gone, or going.
    wrong_type       = 6,  ///< The reply is of another type than was asked for.
};

const boost::system::error_category& category() noexcept;

inline error_code make_error_code(errc e) noexcept
{
    return {static_cast<int>(e), category()};
}

/// Thrown when a command fails. `what()` names the server, the command and what happened, but no arguments.
///
/// A server that cannot be reached gives the system's error code.
class error : public boost::system::system_error {
public:
    error(error_code code, std::string what);

    const char* what() const noexcept override { return what_->c_str(); }

private:
    std::shared_ptr<const std::string> what_;
};

}  // namespace curfew::redis

template <>
struct boost::system::is_error_code_enum<curfew::redis::errc> : std::true_type {};
