// The coroutine type of curfew: handlers, middlewares and everything they await.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace curfew {

/// Names the coroutine type of handlers and of curfew's own awaitable functions.
///
/// It is Asio's own `awaitable` with its default executor, so `asio::use_awaitable`, `asio::deferred` and libraries
/// written for Asio work in a handler as they are.
template <class T = void>
using task = boost::asio::awaitable<T>;

}  // namespace curfew
