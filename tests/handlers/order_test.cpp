#include "order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <string>
#include <variant>
#include <vector>

namespace {

using demo::field_error;
using testing::ElementsAre;
using testing::Field;

std::vector<field_error> errors_of(const char* text)
{
    const auto  parsed = demo::parse_order(nlohmann::json::parse(text));
    const auto* errors = std::get_if<std::vector<field_error>>(&parsed);
    return errors ? *errors : std::vector<field_error>();
}

auto at(std::string pointer)
{
    return Field(&field_error::pointer, std::move(pointer));
}

TEST(order, is_read_with_or_without_its_note)
{
    const auto with    = demo::parse_order(nlohmann::json::parse(R"({"item": "lamp", "qty": 1000, "note": ""})"));
    const auto without = demo::parse_order(nlohmann::json::parse(R"({"item": "lamp", "qty": 1})"));

    ASSERT_TRUE(std::holds_alternative<demo::order>(with));
    ASSERT_TRUE(std::holds_alternative<demo::order>(without));
    EXPECT_EQ(std::get<demo::order>(with).item, "lamp");
    EXPECT_EQ(std::get<demo::order>(with).qty, 1000u);
}

TEST(order, has_every_wrong_field_listed_not_only_the_first)
{
    EXPECT_THAT(errors_of(R"({"qty": "x", "note": 7, "color": "red"})"),
                ElementsAre(field_error{"/item", "is missing"}, field_error{"/qty", "must be a whole number from 1 to 1000"},
                            field_error{"/note", "must be a text of 0 to 500 bytes"},
                            field_error{"/color", "is not a field of an order"}));
}

TEST(order, has_a_quantity_within_bounds)
{
    for (const auto* qty : {"0", "1001", "-1", "1.5", "1e2", "4294967297", "\"2\"", "null", "true", "[1]"})
        EXPECT_THAT(errors_of((R"({"item": "lamp", "qty": )" + std::string(qty) + "}").c_str()), ElementsAre(at("/qty"))) << qty;
}

TEST(order, has_an_item_that_is_neither_empty_nor_endless)
{
    EXPECT_THAT(errors_of(R"({"item": "", "qty": 1})"), ElementsAre(at("/item")));
    const auto endless = R"({"qty": 1, "item": ")" + std::string(101, 'x') + R"("})";
    EXPECT_THAT(errors_of(endless.c_str()), ElementsAre(at("/item")));
}

TEST(order, escapes_the_names_of_fields_in_pointers)
{
    EXPECT_THAT(errors_of(R"({"item": "lamp", "qty": 1, "a/b~c": 1})"), ElementsAre(at("/a~1b~0c")));
}

TEST(order, is_an_object)
{
    for (const auto* text : {"[]", "1", "null", "\"lamp\""})
        EXPECT_THAT(errors_of(text), ElementsAre(at(""))) << text;
}

}  // namespace
