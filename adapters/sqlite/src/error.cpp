#include <curfew/adapters/sqlite/error.hpp>

#include <sqlite3.h>

#include <utility>

namespace curfew::sqlite {

namespace {

bool is_unique(int code) noexcept
{
    return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID;
}

const char* own_message(int code) noexcept
{
    switch (static_cast<errc>(code)) {
    case errc::unique: return "a row with this key exists";
    case errc::too_many_waiting: return "too many requests wait for a connection";
    case errc::closed: return "the database is closed";
    case errc::result_too_large: return "the result is too large";
    case errc::not_one: return "not exactly one statement";
    case errc::parameter_count: return "wrong number of parameters";
    case errc::rolled_back: return "the transaction is over";
    case errc::wrong_type: return "the value is of another type";
    case errc::no_such_column: return "no such column or row";
    default: return "unknown error";
    }
}

class sqlite_category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "sqlite"; }
    std::string message(int code) const override { return code < 0 ? own_message(code) : sqlite3_errstr(code); }
};

class sqlite_conditions final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "sqlite condition"; }
    std::string message(int code) const override { return category().message(code); }
    bool        equivalent(const error_code& code, int condition) const noexcept override
    {
        if (code.category() != category()) return false;
        if (condition == static_cast<int>(errc::unique)) return is_unique(code.value());
        // The low byte of an extended code is the primary one.
        return code.value() == condition || (code.value() > 0 && (code.value() & 0xff) == condition);
    }
};

}  // namespace

const boost::system::error_category& category() noexcept
{
    static const sqlite_category instance;
    return instance;
}

const boost::system::error_category& condition_category() noexcept
{
    static const sqlite_conditions instance;
    return instance;
}

error::error(error_code code, std::string what)
    : system_error(code), what_(std::make_shared<const std::string>(std::move(what)))
{
}

}  // namespace curfew::sqlite
