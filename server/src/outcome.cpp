#include <curfew/outcome.hpp>

namespace curfew {

std::string_view to_string(outcome o) noexcept
{
    switch (o) {
    case outcome::completed: return "completed";
    case outcome::client_gone: return "client_gone";
    case outcome::deadline: return "deadline";
    case outcome::canceled: return "canceled";
    case outcome::refused: return "refused";
    case outcome::shed: return "shed";
    case outcome::shutdown: return "shutdown";
    case outcome::failed: return "failed";
    }
    return "failed";
}

}  // namespace curfew
