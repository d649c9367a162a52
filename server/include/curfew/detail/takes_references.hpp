// Tells whether a function takes an argument by reference: a coroutine that does may outlive it.
#pragma once

#include <type_traits>

namespace curfew::detail {

/// False as well for what cannot be looked into: overloaded or generic call operators, and bound functions.
template <class F>
struct takes_references : std::false_type {};

template <class F>
    requires requires { &F::operator(); }
struct takes_references<F> : takes_references<decltype(&F::operator())> {};

template <class R, class... Args>
struct takes_references<R (*)(Args...)> : std::disjunction<std::is_reference<Args>...> {};
template <class R, class... Args>
struct takes_references<R (*)(Args...) noexcept> : std::disjunction<std::is_reference<Args>...> {};
template <class R, class C, class... Args>
struct takes_references<R (C::*)(Args...) const> : std::disjunction<std::is_reference<Args>...> {};
template <class R, class C, class... Args>
struct takes_references<R (C::*)(Args...) const noexcept> : std::disjunction<std::is_reference<Args>...> {};

}  // namespace curfew::detail
