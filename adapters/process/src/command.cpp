#include <curfew/adapters/process/command.hpp>

#include <stdexcept>

namespace curfew::process {

command::command(std::string name, std::vector<std::string> with)
    : program(std::move(name)), arguments(std::move(with))
{
    if (program.empty()) throw std::invalid_argument("process: no program given");
}

}  // namespace curfew::process
