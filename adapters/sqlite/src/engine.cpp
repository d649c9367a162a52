#include "engine.hpp"

#include <curfew/after_cancel.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace curfew::sqlite::detail {

namespace {

using namespace std::chrono_literals;

// Rare enough to cost nothing, often enough to stop within a fraction of a millisecond.
constexpr int instructions_between_looks = 4000;
constexpr auto longest_nap               = 5ms;
constexpr std::size_t longest_quotation  = 200;

error_code code_of(int sqlite_code) noexcept
{
    return {sqlite_code, category()};
}

std::string quoted(std::string_view sql)
{
    std::string text(sql.substr(0, longest_quotation));
    if (text.size() < sql.size()) text += "...";
    return text;
}

/// Leaves a statement ready to be executed again, and without the values of this time.
class used_statement {
public:
    explicit used_statement(sqlite3_stmt* prepared) noexcept : prepared_(prepared) {}
    used_statement(const used_statement&)            = delete;
    used_statement& operator=(const used_statement&) = delete;
    ~used_statement()
    {
        sqlite3_reset(prepared_);
        sqlite3_clear_bindings(prepared_);
    }

private:
    sqlite3_stmt* prepared_;
};

struct finalizes {
    void operator()(sqlite3_stmt* prepared) const noexcept { sqlite3_finalize(prepared); }
};
using owned_statement = std::unique_ptr<sqlite3_stmt, finalizes>;

value value_of(sqlite3_stmt* prepared, int column, std::size_t& bytes)
{
    // The type first, and the bytes last: asking for a number's bytes would turn it into a text.
    const auto size = [&] {
        const auto count = static_cast<std::size_t>(sqlite3_column_bytes(prepared, column));
        bytes += count;
        return count;
    };
    switch (sqlite3_column_type(prepared, column)) {
    case SQLITE_INTEGER: return sqlite3_column_int64(prepared, column);
    case SQLITE_FLOAT: return sqlite3_column_double(prepared, column);
    case SQLITE_TEXT: {
        const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, column));
        return std::string(text, size());
    }
    case SQLITE_BLOB: {
        const auto* const data = static_cast<const std::byte*>(sqlite3_column_blob(prepared, column));
        return blob(data, data + size());
    }
    default: return {};
    }
}

}  // namespace

/// The context under which the engine works while this is in scope.
///
/// Its end waits for an interruption that is under way on another thread: none ever hits the next statement.
class engine::working {
public:
    working(engine& on, const context& own) : on_(on), own_(own) { on_.current_ = &own; }
    working(const working&)            = delete;
    working& operator=(const working&) = delete;
    ~working()
    {
        on_canceled_.reset();
        on_.current_ = nullptr;
    }

    /// Makes the end of the context interrupt what runs. Precondition: the connection is open, and stays so.
    void interrupt_when_canceled()
    {
        on_canceled_ = after_cancel(own_, [&on = on_] {
            sqlite3_interrupt(on.db_);
            // Taken once, so that this does not fall between a look at the context and the nap that follows.
            { std::lock_guard lock(on.mutex_); }
            on.canceled_.notify_all();
        });
    }

private:
    engine&             on_;
    const context&      own_;
    cancel_registration on_canceled_;
};

engine::engine(const options& settings, const std::atomic<bool>& closing)
    : settings_(settings), closing_(closing), prepared_(settings.prepared_statements)
{
}

engine::~engine()
{
    close();
}

void engine::close() noexcept
{
    prepared_.clear();
    sqlite3_close(std::exchange(db_, nullptr));
}

void engine::open()
{
    // One thread at a time uses it, so SQLite need not lock; `sqlite3_interrupt` may come from any.
    const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
                      (settings_.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    const int code = sqlite3_open_v2(settings_.path.c_str(), &db_, flags, nullptr);
    if (code != SQLITE_OK) {
        const std::string why = db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
        close();
        throw error(code_of(code), "sqlite " + settings_.path + ": open: " + why);
    }
    try {
        set_up();
    } catch (...) {
        close();
        throw;
    }
}

void engine::set_up()
{
    sqlite3_extended_result_codes(db_, 1);
    sqlite3_busy_handler(db_, &engine::on_busy, this);
    // `sqlite3_interrupt` is lost if it comes before the first statement of a connection has begun its first step.
    sqlite3_progress_handler(db_, instructions_between_looks, &engine::on_progress, this);
    if (!settings_.read_only) execute_plain("pragma journal_mode = wal");
    execute_plain("pragma foreign_keys = on");
    for (const auto& each : settings_.on_open) execute_plain(each.c_str());
}

void engine::execute_plain(const char* sql)
{
    if (const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
        throw error(code_of(code), failure(code, sql).what);
}

outcome engine::run(const context& own, const statement& what)
{
    outcome ended;
    try {
        working scope(*this, own);
        if (!db_) open();
        scope.interrupt_when_canceled();
        ended = what.kind == statement::kind_type::script ? run_script(what.sql) : run_single(what);
    } catch (const error& e) {
        ended = outcome::failed(e.code(), e.what());
    }
    const bool stopped = ended.error == code_of(SQLITE_INTERRUPT) || ended.error == errc::busy;
    if (stopped && own.done()) return outcome::ended_by(own.cause());
    if (stopped && closing_) return failure(errc::closed, what.sql, "the database is being closed");
    return ended;
}

outcome engine::run_single(const statement& what)
{
    if (what.kind == statement::kind_type::in_transaction && !in_transaction())
        return failure(errc::rolled_back, what.sql, "the transaction has been rolled back");
    auto* prepared = prepared_.find(what.sql);
    if (!prepared) {
        owned_statement made;
        const char*     rest = nullptr;
        sqlite3_stmt*   raw  = nullptr;
        int code = sqlite3_prepare_v3(db_, what.sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &raw, &rest);
        made.reset(raw);
        if (code != SQLITE_OK) return failure(code, what.sql);
        raw = nullptr;
        if (made) code = sqlite3_prepare_v3(db_, rest, -1, 0, &raw, nullptr);
        const owned_statement another(raw);
        if (code == SQLITE_INTERRUPT) return failure(code, what.sql);
        if (!made || another || code != SQLITE_OK)
            return failure(errc::not_one, what.sql, made ? "more than one statement" : "no statement");
        prepared_.keep(what.sql, made.get());
        prepared = made.release();
    }
    const used_statement in_use(prepared);
    if (auto wrong = bind(prepared, what); wrong.error) return wrong;
    return read(prepared, what.sql);
}

outcome engine::run_script(const std::string& text)
{
    const char* rest = text.c_str();
    while (*rest != '\0') {
        sqlite3_stmt* raw   = nullptr;
        const char*   start = rest;
        if (const int code = sqlite3_prepare_v3(db_, rest, -1, 0, &raw, &rest); code != SQLITE_OK)
            return failure(code, start);
        const owned_statement prepared(raw);
        if (!prepared) continue;  // white space, a comment
        if (auto ended = read(raw, std::string(start, rest)); ended.error) return ended;
    }
    return {};
}

outcome engine::bind(sqlite3_stmt* prepared, const statement& what)
{
    const auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(prepared));
    if (wanted != what.args.size())
        return failure(errc::parameter_count, what.sql,
                       std::to_string(what.args.size()) + " values for " + std::to_string(wanted) + " parameters");
    int code = SQLITE_OK;
    for (int i = 0; i < static_cast<int>(wanted) && code == SQLITE_OK; ++i) {
        const auto& held = what.args[static_cast<std::size_t>(i)].held();
        // Not copied: `what` outlives the execution, and the bindings are cleared after it.
        if (const auto* number = std::get_if<std::int64_t>(&held))
            code = sqlite3_bind_int64(prepared, i + 1, *number);
        else if (const auto* real = std::get_if<double>(&held))
            code = sqlite3_bind_double(prepared, i + 1, *real);
        else if (const auto* text = std::get_if<std::string>(&held))
            code = sqlite3_bind_text64(prepared, i + 1, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
        else if (const auto* bytes = std::get_if<blob>(&held))
            code = bytes->empty() ? sqlite3_bind_zeroblob(prepared, i + 1, 0)
                                  : sqlite3_bind_blob64(prepared, i + 1, bytes->data(), bytes->size(), SQLITE_STATIC);
        else
            code = sqlite3_bind_null(prepared, i + 1);
    }
    return code == SQLITE_OK ? outcome() : failure(code, what.sql);
}

outcome engine::read(sqlite3_stmt* prepared, const std::string& sql)
{
    result::contents read;
    std::size_t      bytes = 0;
    int              code  = SQLITE_OK;
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_data_count(prepared); ++i) read.cells.push_back(value_of(prepared, i, bytes));
        if (bytes + read.cells.size() * sizeof(value) > settings_.max_result_bytes)
            return failure(errc::result_too_large, sql,
                           "more than " + std::to_string(settings_.max_result_bytes) + " bytes of rows");
    }
    if (code != SQLITE_DONE) return failure(code, sql);

    // Not asked for before: the execution prepares the statement anew if the schema has changed.
    for (int i = 0; i < sqlite3_column_count(prepared); ++i) read.columns.emplace_back(sqlite3_column_name(prepared, i));
    if (!sqlite3_stmt_readonly(prepared)) {
        read.changed        = sqlite3_changes64(db_);
        read.last_insert_id = sqlite3_last_insert_rowid(db_);
    }
    outcome ended;
    ended.rows = result(std::move(read));
    return ended;
}

void engine::roll_back()
{
    if (!db_ || !in_transaction()) return;
    // A rollback that fails leaves no way but a new connection.
    if (sqlite3_exec(db_, "rollback", nullptr, nullptr, nullptr) != SQLITE_OK && in_transaction()) close();
}

bool engine::in_transaction() const noexcept
{
    return db_ && sqlite3_get_autocommit(db_) == 0;
}

outcome engine::failure(int code, std::string_view sql)
{
    return outcome::failed(code_of(code), explained(sqlite3_errmsg(db_), sql));
}

outcome engine::failure(errc code, std::string_view sql, std::string_view why) const
{
    return outcome::failed(code, explained(why, sql));
}

std::string engine::explained(std::string_view why, std::string_view sql) const
{
    return std::string("sqlite ").append(settings_.path).append(": ").append(why).append(": ").append(quoted(sql));
}

bool engine::should_stop() const noexcept
{
    return closing_ || (current_ && current_->done());
}

bool engine::wait_for_lock(int attempt)
{
    // Naps of 1, 2, 4, 5, 5 ... ms: what was waited already follows from the number of attempts.
    const auto nap    = std::min<std::chrono::milliseconds>(1ms * (1 << std::min(attempt, 3)), longest_nap);
    const auto waited = attempt < 3 ? 1ms * ((1 << attempt) - 1) : 7ms + (attempt - 3) * longest_nap;
    if (waited >= settings_.busy_timeout) return false;
    std::unique_lock lock(mutex_);
    canceled_.wait_for(lock, nap, [this] { return should_stop(); });
    return !should_stop();
}

int engine::on_progress(void* self)
{
    return static_cast<engine*>(self)->should_stop() ? 1 : 0;
}

int engine::on_busy(void* self, int attempt)
{
    return static_cast<engine*>(self)->wait_for_lock(attempt) ? 1 : 0;
}

}  // namespace curfew::sqlite::detail
