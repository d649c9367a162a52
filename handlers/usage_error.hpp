// What the program was told is wrong.
#pragma once

#include <stdexcept>

namespace demo {

/// Thrown for a flag, variable or key that cannot be obeyed; `what()` is the one line that the user sees.
class usage_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace demo
