// The prepared statements that a connection keeps.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3_stmt;

namespace curfew::sqlite::detail {

/// Statements by their text; the one used longest ago goes first.
class statement_cache {
public:
    explicit statement_cache(std::size_t capacity) : capacity_(capacity) {}
    statement_cache(const statement_cache&)            = delete;
    statement_cache& operator=(const statement_cache&) = delete;
    ~statement_cache() { clear(); }

    /// The statement, or null. It stays here.
    sqlite3_stmt* find(std::string_view sql);
    /// Takes over a statement that it does not have.
    void keep(std::string sql, sqlite3_stmt* prepared);
    void clear() noexcept;

private:
    struct entry {
        std::string   sql;
        sqlite3_stmt* prepared;
    };

    std::size_t                                                 capacity_;
    std::list<entry>                                            recent_;  // front: used last
    std::unordered_map<std::string_view, std::list<entry>::iterator> by_text_;
};

}  // namespace curfew::sqlite::detail
