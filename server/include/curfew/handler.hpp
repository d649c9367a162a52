// The function that answers one request, in either of its two forms.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/takes_references.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace curfew {

/// Holds a handler: `response(context, request)`, or the coroutine `task<response>(context, request)`.
///
/// Made from a function, a lambda or any other object that can be called as const; of a member function
/// `std::bind_front(&notes::list, &all_notes)` makes one. Calling it allocates nothing (a coroutine's frame aside).
/// The plain form runs to its end on the loop's thread: right for what neither waits nor computes for long.
///
/// Shared objects: safe to call, if the function is: all threads of the server share one.
class handler {
public:
    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, handler>)
    handler(F&& function) : function_(std::make_shared<const std::decay_t<F>>(std::forward<F>(function)))
    {
        using callable = std::decay_t<F>;
        static_assert(!std::is_invocable_v<callable&, context, request> ||
                          std::is_invocable_v<const callable&, context, request>,
                      "a handler is shared by all threads: it must be callable as const (a lambda must not be mutable)");
        static_assert(std::is_invocable_v<const callable&, context, request>,
                      "a handler is called with (curfew::context, curfew::request)");
        if constexpr (std::is_invocable_v<const callable&, context, request>) {
            using result = std::invoke_result_t<const callable&, context, request>;
            static_assert(std::same_as<result, response> || std::same_as<result, task<response>>,
                          "a handler returns curfew::response, or curfew::task<curfew::response> if it is a coroutine");
            static_assert(!std::same_as<result, task<response>> || !detail::takes_references<callable>::value,
                          "a coroutine handler takes its context and its request by value: references would dangle");
            if constexpr (std::same_as<result, response>)
                plain_ = &call<callable, response>;
            else if constexpr (std::same_as<result, task<response>>)
                coroutine_ = &call<callable, task<response>>;
        }
    }

    bool is_coroutine() const noexcept { return coroutine_ != nullptr; }

    /// Calls the plain form. Precondition: it is not a coroutine.
    response operator()(context ctx, request req) const { return plain_(function_.get(), std::move(ctx), req); }

    /// Calls either form. Lifetime: this object is borrowed until the task is done.
    task<response> start(context ctx, request req) const
    {
        return coroutine_ ? coroutine_(function_.get(), std::move(ctx), req) : as_task(std::move(ctx), req);
    }

private:
    template <class F, class Result>
    static Result call(const void* function, context ctx, request req)
    {
        return std::invoke(*static_cast<const F*>(function), std::move(ctx), req);
    }

    task<response> as_task(context ctx, request req) const;

    std::shared_ptr<const void> function_;
    response (*plain_)(const void*, context, request)           = nullptr;
    task<response> (*coroutine_)(const void*, context, request) = nullptr;
};

}  // namespace curfew
