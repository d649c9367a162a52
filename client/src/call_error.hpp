// How calls end that were not to end like that.
#pragma once

#include <curfew/context.hpp>
#include <curfew/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

namespace curfew::detail {

/// Throws what an operation under `ctx` that did not come to its end ended with: the context's error, with its cause, if
/// `ctx` has ended; else `error`, as the awaiting coroutine itself was canceled.
[[noreturn]] inline void throw_ended(const context& ctx, const error_code& error)
{
    ctx.throw_if_done();
    throw boost::system::system_error(error ? error : error_code(boost::asio::error::operation_aborted));
}

/// Whether an operation ended because its context did, or because the awaiting coroutine was canceled.
inline bool was_canceled(const context& ctx, const error_code& error)
{
    return error == boost::asio::error::operation_aborted || (ctx.done() && error == ctx.error());
}

}  // namespace curfew::detail
