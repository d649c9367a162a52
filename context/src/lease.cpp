#include <curfew/detail/lease.hpp>

#include <curfew/detail/loop.hpp>

namespace curfew::detail {

lease::lease(loop& on, kind_type kind, const char* name, std::source_location where) noexcept
    : kind_(kind), name_(name), where_(where)
{
    on.leases().push_back(*this);
}

}  // namespace curfew::detail
