//! Stake and payout limits, defaults and overrides, blocks, room.

use tests::table::check;

#[test]
fn a_box_counts_its_whole_stake_once_in_its_class() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake rambolito=15.00
         bet     A1 D1 rambolito 123 10.00                   -> accepted 90.00 room 5.00
         bet     A1 D1 rambolito 321 5.01                    -> StakeLimitReached 5.00
         bet     A1 D1 rambolito 231 5.00                    -> accepted 85.00 room 0.00
         bet     A1 D1 rambolito 112 15.00                   -> accepted 70.00 room 0.00
         room    D1 rambolito 312                            -> 0.00 taken 15.00 pays 1125.00",
    );
}

#[test]
fn straight_and_any_order_are_limited_apart() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake straight=10.00 rambolito=15.00
         bet     A1 D1 straight 123 10.00                    -> accepted 90.00 room 0.00
         bet     A1 D1 rambolito 123 15.00                   -> accepted 75.00 room 0.00
         room    D1 straight 123                             -> 0.00 taken 10.00 pays 5625.00
         room    D1 straight 321                             -> 10.00 taken 0.00 pays 1125.00",
    );
}

#[test]
fn every_play_presses_on_the_payout_of_a_number() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 payout 5250.00
         bet     A1 D1 straight 123 10.00                    -> accepted 90.00 room 1.66
         bet     A1 D1 rambolito 321 10.01                   -> PayoutLimitReached 10.00
         bet     A1 D1 rambolito 321 10.00                   -> accepted 80.00 room 0.00
         bet     A1 D1 straight 123 1.00                     -> PayoutLimitReached 0.00
         bet     A1 D1 straight 213 10.00                    -> accepted 70.00 room 0.00
         room    D1 rambolito 132                            -> 0.00 taken 10.00 pays 750.00
         room    D1 straight 124                             -> 11.66 taken 0.00 pays 0.00",
    );
}

#[test]
fn the_room_is_what_fits_and_a_minor_unit_more_does_not() {
    check(
        "game    third 10^2 0.01..1000.00 straight=1000/3
         account A1
         deposit A1 100.00
         draw    D1 third open until 9 payout 100.00
         room    D1 straight 12                              -> 0.30 taken 0.00 pays 0.00
         bet     A1 D1 straight 12 0.31                      -> PayoutLimitReached 0.30
         bet     A1 D1 straight 12 0.30                      -> accepted 99.70 room 0.00
         room    D1 straight 12                              -> 0.00 taken 0.30 pays 100.00
         limit   D1 payout 12 100.01
         bet     A1 D1 straight 12 0.01                      -> PayoutLimitReached 0.00
         limit   D1 payout 12 103.33
         room    D1 straight 12                              -> 0.01 taken 0.30 pays 100.00
         bet     A1 D1 straight 12 0.01                      -> accepted 99.69 room 0.00",
    );
}

#[test]
fn a_limit_moves_while_bets_arrive() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake straight=10.00
         bet     A1 D1 straight 123 6.00                     -> accepted 94.00 room 4.00
         limit   D1 straight * 5.00
         bet     A1 D1 straight 123 1.00                     -> StakeLimitReached 0.00
         bet     A1 D1 straight 124 5.00                     -> accepted 89.00 room 0.00
         limit   D1 straight * 8.00
         bet     A1 D1 straight 123 2.00                     -> accepted 87.00 room 0.00
         limit   D1 payout * 2250.00
         bet     A1 D1 straight 125 5.01                     -> PayoutLimitReached 5.00
         limit   D1 payout * none
         bet     A1 D1 straight 125 5.01                     -> accepted 81.99 room 2.99",
    );
}

#[test]
fn an_override_holds_over_the_default_until_it_is_taken_back() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake straight=10.00 rambolito=10.00 payout 4500.00
         limit   D1 straight 123 2.00
         limit   D1 straight * 20.00
         room    D1 straight 123                             -> 2.00 taken 0.00 pays 0.00
         room    D1 straight 124                             -> 10.00 taken 0.00 pays 0.00
         limit   D1 straight 123 clear
         limit   D1 payout 124 900.00
         room    D1 straight 123                             -> 10.00 taken 0.00 pays 0.00
         room    D1 straight 124                             -> 2.00 taken 0.00 pays 0.00
         room    D1 rambolito 421                            -> 10.00 taken 0.00 pays 0.00
         limit   D1 payout 124 600.00
         room    D1 rambolito 421                            -> 8.00 taken 0.00 pays 0.00
         limit   D1 payout * 4000.00
         limit   D1 payout 124 clear
         room    D1 straight 124                             -> 8.88 taken 0.00 pays 0.00",
    );
}

#[test]
fn an_override_for_any_order_names_the_class() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9
         limit   D1 rambolito 321 3.00
         bet     A1 D1 rambolito 132 3.01                    -> StakeLimitReached 3.00
         bet     A1 D1 straight 321 3.01                     -> accepted 96.99 room wide
         limit   D1 rambolito 213 clear
         bet     A1 D1 rambolito 132 3.01                    -> accepted 93.98 room wide",
    );
}

#[test]
fn limits_that_make_no_sense_are_refused() {
    check(
        "game    3d
         limit   D1 straight * 1.00                          -> DrawUnknown
         block   D1 123                                      -> DrawUnknown
         draw    D1 3d open until 9
         limit   D1 7 * 1.00                                 -> PlayUnknown 2
         limit   D1 7 1000 1.00                              -> PlayUnknown 2
         limit   D1 straight 1000 1.00                       -> NumberOutside 999
         limit   D1 payout 1000 1.00                         -> NumberOutside 999
         limit   D1 rambolito 777 1.00                       -> PlayNotAllowed
         limit   D1 rambolito 777 clear                      -> PlayNotAllowed
         block   D1 1000                                     -> NumberOutside 999
         limit   D1 straight 123 clear                       -> done
         at 9
         limit   D1 straight 123 1.00                        -> done
         settle  D1 123
         limit   D1 straight 123 1.00                        -> DrawState settled
         block   D1 123                                      -> DrawState settled",
    );
}

#[test]
fn a_block_refuses_every_bet_that_would_pay_if_the_number_came() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9
         block   D1 321
         bet     A1 D1 straight 321 1.00                     -> NumberBlocked
         bet     A1 D1 rambolito 123 1.00                    -> NumberBlocked
         bet     A1 D1 straight 123 1.00                     -> accepted 99.00 room wide
         room    D1 rambolito 132                            -> 0.00 taken 0.00 pays 0.00
         unblock D1 321
         bet     A1 D1 rambolito 123 1.00                    -> accepted 98.00 room wide",
    );
}
