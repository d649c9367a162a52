// The record behind a `cause`.
#pragma once

#include <curfew/cause.hpp>

#include <atomic>
#include <cstdint>

namespace curfew::detail {

/// Immutable once it is in a node. Reference-counted, as every node that the cancellation reaches shares it.
struct cause_record {
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
/// Never null and never throws: without memory it is a static record that has the kind and nothing else.
cause_record* make_cause(cause_kind kind, const node& at, std::source_location where) noexcept;

}  // namespace curfew::detail
