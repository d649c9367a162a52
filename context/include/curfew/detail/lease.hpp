// What has to be given back before its loop ends: sockets, items of pools.
#pragma once

#include <curfew/detail/link_list.hpp>

#include <cstdint>
#include <source_location>
#include <utility>

namespace curfew::detail {

class loop;

/// Says of what it is embedded in that somebody has it, since when it was made until it is ended or destroyed.
///
/// The loop keeps a list of them for the leak fixture: taking and ending one is a few stores. Moving it keeps its place.
/// Thread safety: touched on the loop's own thread only. May outlive the io_context, where all leases end.
class lease : public list_link {
public:
    enum class kind_type : std::uint8_t { open_socket, pool_item };

    /// Preconditions: `name` has static storage. `where`: what a leak is reported with.
    lease(loop& on, kind_type kind, const char* name, std::source_location where) noexcept;
    lease(lease&& other) noexcept : kind_(other.kind_), name_(other.name_), where_(other.where_)
    {
        if (!other.linked()) return;
        prev = std::exchange(other.prev, nullptr);
        next = std::exchange(other.next, nullptr);
        prev->next = next->prev = this;
    }
    lease& operator=(lease&&) = delete;
    ~lease() { end(); }

    /// It has been given back; nothing happens if that was so already.
    void end() noexcept
    {
        if (linked()) unlink();
    }

    kind_type            kind() const noexcept { return kind_; }
    const char*          name() const noexcept { return name_; }
    std::source_location where() const noexcept { return where_; }

private:
    kind_type            kind_;
    const char*          name_;
    std::source_location where_;
};

}  // namespace curfew::detail
