#include <curfew/status.hpp>

int main()
{
    return curfew::status::ok == curfew::status{200} ? 0 : 1;
}
