// What surrounds handlers, in either of its two forms.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/takes_references.hpp>
#include <curfew/next.hpp>
#include <curfew/outcome.hpp>
#include <curfew/request.hpp>
#include <curfew/response.hpp>
#include <curfew/task.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace curfew {

namespace detail {

template <class T>
concept before_hook = requires(const T& object, const context& ctx, const request& req) {
    { object.before(ctx, req) } -> std::same_as<std::optional<response>>;
};
template <class T>
concept after_hook = requires(const T& object, const context& ctx, const request& req, response& res) {
    { object.after(ctx, req, res) } -> std::same_as<void>;
};
template <class T>
concept finished_hook = requires(const T& object, const context& ctx, const request& req, const request_record& record) {
    { object.finished(ctx, req, record) } -> std::same_as<void>;
};
template <class T>
concept around_coroutine =
    std::is_invocable_v<const T&, context, request, next> &&
    std::same_as<std::invoke_result_t<const T&, context, request, next>, task<response>>;

/// A member of this name, whatever its type: to tell a wrong signature from a hook that is not there.
template <class T>
concept names_before = requires { &T::before; };
template <class T>
concept names_after = requires { &T::after; };
template <class T>
concept names_finished = requires { &T::finished; };

}  // namespace detail

/// Holds a middleware: an object with hooks, or a coroutine `task<response>(context, request, next)`.
///
/// Hooks are members, const, each of them optional; they are no coroutines and cost next to nothing:
///
///     std::optional<response> before(const context&, const request&) const;   // a response ends the chain here
///     void after(const context&, const request&, response&) const;            // may change the answer
///     void finished(const context&, const request&, const request_record&) const;
///
/// `before` runs on the way in. `after` runs on the way out, innermost first, if the object's `before` returned (or it
/// has none): on the handler's answer, on an early one, and on that which the server makes of an exception (behind a
/// coroutine middleware only on the first two, as the exception is the coroutine's to catch). `finished` runs once for
/// every request of the route, when its outcome is known, and must not throw. That of a router's own middleware also runs
/// for requests refused before they had a route, of which it sees no `before` and `after`.
/// The coroutine form is for what must surround: catch, retry, derive a context, hold something meanwhile.
///
/// Shared objects: safe to call, if the object is: all threads of the server share one.
class middleware {
public:
    template <class T>
        requires(!std::same_as<std::remove_cvref_t<T>, middleware>)
    middleware(T&& object) : object_(std::make_shared<const std::decay_t<T>>(std::forward<T>(object)))
    {
        using type               = std::decay_t<T>;
        constexpr bool has_hooks = detail::names_before<type> || detail::names_after<type> || detail::names_finished<type>;
        static_assert(detail::before_hook<type> || !detail::names_before<type>,
                      "before is std::optional<response>(const context&, const request&) const");
        static_assert(detail::after_hook<type> || !detail::names_after<type>,
                      "after is void(const context&, const request&, response&) const");
        static_assert(detail::finished_hook<type> || !detail::names_finished<type>,
                      "finished is void(const context&, const request&, const request_record&) const");
        static_assert(has_hooks != detail::around_coroutine<type>,
                      "a middleware either has hooks (before, after, finished), or is called as const with (context, "
                      "request, next) and returns task<response>");
        static_assert(!detail::around_coroutine<type> || !detail::takes_references<type>::value,
                      "a coroutine middleware takes context, request and next by value: references would dangle");

        if constexpr (detail::before_hook<type>)
            before_ = [](const void* self, const context& ctx, const request& req) {
                return static_cast<const type*>(self)->before(ctx, req);
            };
        if constexpr (detail::after_hook<type>)
            after_ = [](const void* self, const context& ctx, const request& req, response& res) {
                static_cast<const type*>(self)->after(ctx, req, res);
            };
        if constexpr (detail::finished_hook<type>)
            finished_ = [](const void* self, const context& ctx, const request& req, const request_record& record) {
                static_cast<const type*>(self)->finished(ctx, req, record);
            };
        if constexpr (detail::around_coroutine<type>)
            around_ = [](const void* self, context ctx, request req, next inner) {
                return (*static_cast<const type*>(self))(std::move(ctx), req, inner);
            };
    }

    bool is_coroutine() const noexcept { return around_ != nullptr; }
    bool has_before() const noexcept { return before_ != nullptr; }
    bool has_finished() const noexcept { return finished_ != nullptr; }

    std::optional<response> before(const context& ctx, const request& req) const
    {
        return before_ ? before_(object_.get(), ctx, req) : std::nullopt;
    }
    void after(const context& ctx, const request& req, response& res) const
    {
        if (after_)
            after_(object_.get(), ctx, req, res);
    }
    void finished(const context& ctx, const request& req, const request_record& record) const
    {
        if (finished_)
            finished_(object_.get(), ctx, req, record);
    }
    /// Precondition: it is a coroutine. Lifetime: this object is borrowed until the task is done.
    task<response> around(context ctx, request req, next inner) const
    {
        return around_(object_.get(), std::move(ctx), req, inner);
    }

private:
    std::shared_ptr<const void> object_;
    std::optional<response> (*before_)(const void*, const context&, const request&)                  = nullptr;
    void (*after_)(const void*, const context&, const request&, response&)                           = nullptr;
    void (*finished_)(const void*, const context&, const request&, const request_record&)            = nullptr;
    task<response> (*around_)(const void*, context, request, next)                                   = nullptr;
};

}  // namespace curfew
