// Starts a wait in the queue of a channel or a semaphore.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/bound_operation.hpp>
#include <curfew/detail/queued_operation.hpp>
#include <curfew/sleep.hpp>
#include <curfew/task.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <memory>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>

namespace curfew::detail {

template <class Results>
struct queued_signature;
template <class... R>
struct queued_signature<std::tuple<R...>> {
    using type = void(error_code, R...);
};

template <class Results>
struct only_result {
    using type = void;
};
template <class R>
struct only_result<std::tuple<R>> {
    using type = R;
};
template <class Results>
using queued_result = typename only_result<Results>::type;

template <class Source>
class queued_initiation {
public:
    using executor_type = loop::executor_type;

    queued_initiation(std::shared_ptr<Source> source, node_ptr<node> life) noexcept
        : source_(std::move(source)), life_(std::move(life))
    {
    }

    executor_type get_executor() const noexcept { return life_->loop().executor(); }

    template <class Handler, class... A>
    void operator()(Handler&& given, A&&... for_entry) const
    {
        using handler_type = std::decay_t<Handler>;
        handler_type handler(std::forward<Handler>(given));
        const auto   ex        = boost::asio::get_associated_executor(handler, get_executor());
        const auto   allocator = boost::asio::get_associated_allocator(handler, boost::asio::recycling_allocator<void>());
        queued_operation<Source, handler_type, std::decay_t<decltype(ex)>, std::decay_t<decltype(allocator)>>::start(
            source_, life_, std::move(handler), ex, allocator, std::forward<A>(for_entry)...);
    }

private:
    std::shared_ptr<Source> source_;
    node_ptr<node>          life_;
};

/// See `queued_operation`. That a cancel reaches it from any thread is `bind_context`'s doing.
template <class Source, class Token, class... A>
auto wait_in_queue(const context& ctx, std::shared_ptr<Source> source, Token&& token, std::source_location where,
                   A&&... for_entry)
{
    using signature = typename queued_signature<typename Source::results>::type;
    using queued    = queued_initiation<Source>;
    const auto life = node_ptr<node>::share(ctx.life());
    return boost::asio::async_initiate<Token, signature>(
        bound_initiation<signature, queued>(queued(std::move(source), life), life, where), token,
        std::forward<A>(for_entry)...);
}

/// Throws `context_error` for the end of `ctx`, else a `system_error` that names the operation.
[[noreturn]] void throw_from_queue(const context& ctx, const error_code& ec, const char* name);

/// The form that throws. A coroutine, as Boost 1.81 cannot await an operation with an `exception_ptr` and a result.
template <class Source, class... A>
auto await_in_queue(context ctx, std::shared_ptr<Source> source, std::source_location where, A... for_entry)
    -> task<queued_result<typename Source::results>>
{
    auto waited = co_await wait_in_queue(ctx, std::move(source), nothrow, where, std::move(for_entry)...);
    if (const error_code ec = std::get<0>(waited)) throw_from_queue(ctx, ec, Source::name);
    if constexpr (std::tuple_size_v<typename Source::results> != 0) co_return std::get<1>(std::move(waited));
}

}  // namespace curfew::detail
