#include "statement_cache.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <utility>

namespace curfew::sqlite::detail {

sqlite3_stmt* statement_cache::find(std::string_view sql)
{
    const auto found = by_text_.find(sql);
    if (found == by_text_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second);
    return found->second->prepared;
}

void statement_cache::keep(std::string sql, sqlite3_stmt* prepared)
{
    // The one just added is about to be used, so there is always room for one.
    while (recent_.size() >= std::max<std::size_t>(capacity_, 1)) {
        by_text_.erase(recent_.back().sql);
        sqlite3_finalize(recent_.back().prepared);
        recent_.pop_back();
    }
    recent_.push_front({std::move(sql), prepared});
    by_text_.emplace(recent_.front().sql, recent_.begin());
}

void statement_cache::clear() noexcept
{
    by_text_.clear();
    for (const auto& each : recent_) sqlite3_finalize(each.prepared);
    recent_.clear();
}

}  // namespace curfew::sqlite::detail
