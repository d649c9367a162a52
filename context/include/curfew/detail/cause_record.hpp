// The record behind a `cause`.
#pragma once

#include <curfew/cause.hpp>
#include <curfew/detail/recycled.hpp>

#include <atomic>
#include <cstdint>

namespace curfew::detail {

/// Immutable once it is in a node. Reference-counted, as every node that the cancellation reaches shares it.
struct cause_record : recycled {
    mutable std::atomic<std::uint32_t>  references{1};
    cause_kind                          kind   = cause_kind::canceled;
    disconnect_how                      how    = disconnect_how::none;
    deadline_origin                     origin = deadline_origin::none;
    const char*                         header = "";  // static storage
    const char*                         scope  = "";  // static storage
    std::source_location                where;
    std::chrono::steady_clock::duration configured{};
    std::chrono::steady_clock::duration elapsed{};
    std::optional<std::chrono::steady_clock::duration> remaining;
    std::exception_ptr                  error;
    std::string                         text;
};

class node;

/// Makes a record of `kind` for a cancellation that begins at `at`: fills in scope, elapsed and remaining time.
/// Null without memory, and never throws.
cause_record* make_full_cause(cause_kind kind, const node& at, std::source_location where) noexcept;

/// A record that has the kind and nothing else: what a cancel reports when there is no memory. All threads share it.
const cause_record* shared_cause(cause_kind kind) noexcept;

/// The one, completed by `fill(record)`, or else the other. Never null and never throws.
template <class F>
const cause_record* make_cause(cause_kind kind, const node& at, std::source_location where, F fill) noexcept
{
    cause_record* const record = make_full_cause(kind, at, where);
    if (!record) return shared_cause(kind);
    fill(*record);
    return record;
}
inline const cause_record* make_cause(cause_kind kind, const node& at, std::source_location where) noexcept
{
    return make_cause(kind, at, where, [](cause_record&) {});
}

}  // namespace curfew::detail
