#include <curfew/adapters/process/exit_status.hpp>

#include <cstring>

namespace curfew::process {

std::string exit_status::to_string() const
{
    if (signal_ == 0) return "exited with " + std::to_string(code_);
    return "killed by signal " + std::to_string(signal_) + " (" + ::strsignal(signal_) + ")";
}

}  // namespace curfew::process
