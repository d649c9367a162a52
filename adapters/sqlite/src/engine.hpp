// One connection of SQLite, as its worker thread uses it.
#pragma once

#include "statement_cache.hpp"

#include <curfew/adapters/sqlite/executes.hpp>
#include <curfew/adapters/sqlite/options.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace curfew::sqlite::detail {

/// What is to be executed. Not an aggregate: it is passed to coroutines.
class statement {
public:
    enum class kind_type {
        single,          ///< One statement.
        in_transaction,  ///< One statement that must not be executed outside a transaction.
        script,          ///< Any number of statements without parameters.
    };

    statement(kind_type how, std::string text, std::vector<value> values = {})
        : kind(how), sql(std::move(text)), args(std::move(values))
    {
    }

    kind_type          kind;
    std::string        sql;
    std::vector<value> args;
};

/// Everything but `in_transaction` runs on one thread at a time; the owner sees to that.
class engine {
public:
    /// `closing` makes whatever runs stop, and wait for nothing. Both outlive the engine.
    engine(const options& settings, const std::atomic<bool>& closing);
    engine(const engine&)            = delete;
    engine& operator=(const engine&) = delete;
    ~engine();

    /// Throws `error`.
    void open();

    /// Executes under `own`, whose end interrupts it. Opens the connection if it is not. Returns every failure.
    outcome run(const context& own, const statement& what);

    /// Leaves the connection without a transaction, whatever ends meanwhile.
    void roll_back();

    /// Also from another thread, while no call is under way.
    bool in_transaction() const noexcept;

private:
    class working;

    void    close() noexcept;
    void    set_up();
    void    execute_plain(const char* sql);
    outcome run_single(const statement& what);
    outcome run_script(const std::string& text);
    outcome bind(sqlite3_stmt* prepared, const statement& what);
    outcome read(sqlite3_stmt* prepared, const std::string& sql);
    outcome failure(int code, std::string_view sql);
    outcome failure(errc code, std::string_view sql, std::string_view why) const;
    std::string explained(std::string_view why, std::string_view sql) const;
    bool    should_stop() const noexcept;
    bool    wait_for_lock(int attempt);
    static int on_progress(void* self);
    static int on_busy(void* self, int attempt);

    const options&           settings_;
    const std::atomic<bool>& closing_;
    sqlite3*                 db_ = nullptr;
    statement_cache          prepared_;
    const context*           current_ = nullptr;  // of the statement that runs
    std::mutex               mutex_;
    std::condition_variable  canceled_;
};

}  // namespace curfew::sqlite::detail
