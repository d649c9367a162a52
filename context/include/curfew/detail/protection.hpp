// Contexts that the end of their request does not end.
#pragma once

#include <curfew/context.hpp>
#include <curfew/detail/context_here.hpp>

namespace curfew::detail {

/// Derives a context that keeps values and trace ID, and that nothing ends but its own deadline, `bound` from now.
/// Listed under its loop's `protected_root`.
context protected_context(const context_here& from, duration bound, const char* name);

/// The same for `commit_point`: while it is in use, the work that `from` belongs to is not to be canceled with the client.
context committed_context(const context_here& from, duration bound);

/// Tells the work that `ctx` belongs to, while in scope, that a part of it is not to be canceled with the client.
class shield_count {
public:
    explicit shield_count(const context& ctx) noexcept;
    shield_count(const shield_count&)            = delete;
    shield_count& operator=(const shield_count&) = delete;
    ~shield_count();

private:
    node_ptr<node> counted_;
};

}  // namespace curfew::detail
