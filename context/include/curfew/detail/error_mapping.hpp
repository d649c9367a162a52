// Errors at our borders: `operation_aborted` is the context's doing exactly when the context has ended.
#pragma once

#include <curfew/detail/node.hpp>
#include <curfew/error.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <concepts>
#include <exception>
#include <type_traits>
#include <utility>

namespace curfew::detail {

inline error_code mapped(const node& life, const error_code& ec) noexcept
{
    return ec == boost::asio::error::operation_aborted && life.done() ? life.error() : ec;
}
std::exception_ptr mapped(const node& life, std::exception_ptr error) noexcept;

template <class T>
T&& mapped(const node&, T&& other) noexcept
{
    return std::forward<T>(other);
}
inline error_code mapped(const node& life, error_code& ec) noexcept { return mapped(life, std::as_const(ec)); }
inline error_code mapped(const node& life, error_code&& ec) noexcept { return mapped(life, std::as_const(ec)); }

/// What an operation under `life` completes with: mapped, and counted if it was stopped.
template <class T>
decltype(auto) completed(const node& life, T&& argument) noexcept
{
    using type = std::remove_cvref_t<T>;
    if constexpr (std::same_as<type, error_code> || std::same_as<type, std::exception_ptr>) {
        auto result = mapped(life, argument);
        if (result != argument) life.work().operation_stopped();
        return result;
    } else {
        return std::forward<T>(argument);
    }
}

inline error_code         error_for(const node& life, std::type_identity<error_code>) noexcept { return life.error(); }
inline std::exception_ptr error_for(const node& life, std::type_identity<std::exception_ptr>)
{
    return std::make_exception_ptr(context_error(life.why()));
}

/// Whether an operation can be completed with an error without having been started.
template <class Signature>
inline constexpr bool can_fail_early = false;
template <class R, class E, class... A>
inline constexpr bool can_fail_early<R(E, A...)> =
    (std::same_as<std::decay_t<E>, error_code> || std::same_as<std::decay_t<E>, std::exception_ptr>)&&(
        std::is_default_constructible_v<std::decay_t<A>> && ...);

template <class Signature>
struct early_failure;
template <class R, class E, class... A>
struct early_failure<R(E, A...)> {
    /// Posts the completion with the context's error.
    template <class Handler, class Executor>
    static void post(const node& life, Handler handler, const Executor& ex)
    {
        boost::asio::post(ex, boost::asio::append(std::move(handler), error_for(life, std::type_identity<std::decay_t<E>>()),
                                                  std::decay_t<A>()...));
    }
};

}  // namespace curfew::detail
