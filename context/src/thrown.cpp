#include <curfew/detail/thrown.hpp>

#include <curfew/error.hpp>

#include <boost/system/system_error.hpp>

namespace curfew::detail {

std::string message_of(const std::exception_ptr& thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

bool is_cancel(const std::exception_ptr& thrown) noexcept
{
    try {
        std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
        return error.code() == cond::canceled;
    } catch (...) {
        return false;
    }
}

}  // namespace curfew::detail
