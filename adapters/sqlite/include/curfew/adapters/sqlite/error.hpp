// What can go wrong with a database, as error codes and as the exception that says what was attempted.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/system_error.hpp>

#include <memory>
#include <string>
#include <type_traits>

namespace curfew::sqlite {

using boost::system::error_code;

/// What to compare an error with: `e.code() == errc::constraint`.
///
/// The positive ones are SQLite's primary result codes, and match its extended ones too; the negative ones are of this
/// library. Codes of SQLite that are not named here have the same category and their own number.
enum class errc {
    sql         = 1,   ///< The statement is wrong, or names what is not there.
    busy        = 5,   ///< Another connection held a lock for longer than `busy_timeout`.
    read_only   = 8,   ///< A write to a database that was opened for reading.
    io          = 10,  ///< The disk failed.
    corrupt     = 11,  ///< The file is damaged.
    full        = 13,  ///< No room on the disk.
    cannot_open = 14,  ///< The file cannot be opened.
    too_big     = 18,  ///< A text or blob above SQLite's limit.
    constraint  = 19,  ///< A constraint of the schema forbids it. See `unique`, which is a part of this.
    no_database = 26,  ///< The file is something else.

    unique           = -1,  ///< A row with this key exists: UNIQUE or PRIMARY KEY.
    too_many_waiting = -2,  ///< `max_waiting` requests wait for a connection already.
    closed           = -3,  ///< The database object is gone, or going.
    result_too_large = -4,  ///< More rows than `max_result_bytes` hold.
    not_one          = -5,  ///< The text is no statement, or more than one.
    parameter_count  = -6,  ///< More or fewer values than the statement has parameters.
    rolled_back      = -7,  ///< The transaction is over; SQLite rolls back itself when a write in it is interrupted.
    wrong_type       = -8,  ///< The value is of another type than was asked for.
    no_such_column   = -9,  ///< The result has no such column, or no such row.
};

const boost::system::error_category& category() noexcept;
const boost::system::error_category& condition_category() noexcept;

inline boost::system::error_condition make_error_condition(errc e) noexcept
{
    return {static_cast<int>(e), condition_category()};
}

/// Thrown when a database says no. `what()` names the file, what was attempted and SQLite's own words, but no values.
class error : public boost::system::system_error {
public:
    error(error_code code, std::string what);

    const char* what() const noexcept override { return what_->c_str(); }

private:
    std::shared_ptr<const std::string> what_;
};

}  // namespace curfew::sqlite

template <>
struct boost::system::is_error_condition_enum<curfew::sqlite::errc> : std::true_type {};
