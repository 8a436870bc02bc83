//! What plays there are: lines, groups, positions, levels, and what they press on.

use tests::table::check;

/// Pick 3 with all its plays, in dollars per dollar.
const PICK_3: &str = "game    md.pick3
                      account A1
                      deposit A1 100.00\n";

#[test]
fn a_bet_of_several_lines_is_so_many_whole_stakes() {
    check(&format!(
        "{PICK_3}
         draw    D1 md.pick3 open until 9
         bet     A1 D1 straight_box 123 1.01                 -> StakeNotWhole 1.00
         bet     A1 D1 straight_box 123 0.01                 -> StakeNotWhole 0.02
         bet     A1 D1 straight_box 123 0.98                 -> StakeBelowMinimum 1.00
         bet     A1 D1 straight_box 123 10.02                -> StakeAboveMaximum 10.00
         bet     A1 D1 combo 123 3.01                        -> StakeNotWhole 3.00
         bet     A1 D1 combo 112 3.01                        -> StakeNotWhole 3.00
         bet     A1 D1 combo 123 0.05                        -> StakeNotWhole 0.06
         bet     A1 D1 combo 123 2.94                        -> StakeBelowMinimum 3.00
         bet     A1 D1 combo 112 15.03                       -> StakeAboveMaximum 15.00
         bet     A1 D1 combo 777 3.00                        -> PlayNotAllowed
         bet     A1 D1 combo 123 3.00
         bet     A1 D1 combo 112 1.50
         bet     A1 D1 straight_box 123 10.00
         balance A1                                          -> 85.50"
    ));
}

#[test]
fn room_is_whole_lines() {
    check(&format!(
        "{PICK_3}
         draw    D1 md.pick3 open until 9 payout 1000.00 stake straight_box=7.01
         room    D1 straight_box 123                         -> 3.44 taken 0.00 pays 0.00
         room    D1 combo 123                                -> 12.00 taken 0.00 pays 0.00
         bet     A1 D1 combo 123 12.06                       -> PayoutLimitReached 12.00
         bet     A1 D1 straight_box 123 3.44
         room    D1 combo 123                                -> 0.00 taken 0.00 pays 997.60
         room    D1 straight_box 113                         -> 3.02 taken 0.00 pays 0.00
         limit   D1 payout * none
         room    D1 straight_box 113                         -> 7.00 taken 0.00 pays 0.00
         bet     A1 D1 straight_box 113 7.02                 -> StakeLimitReached 7.00"
    ));
}

#[test]
fn pairs_are_played_on_their_positions_alone() {
    check(&format!(
        "{PICK_3}
         draw    D1 md.pick3 open until 9 stake front_pair=5.00
         bet     A1 D1 front_pair 127 1.00                   -> PlayNotAllowed 120
         bet     A1 D1 back_pair 127 1.00                    -> PlayNotAllowed 27
         limit   D1 front_pair 127 3.00                      -> PlayNotAllowed 120
         room    D1 front_pair 127                           -> PlayNotAllowed
         limit   D1 front_pair 12x 3.00
         #f bet  A1 D1 front_pair 12x 3.00                   -> accepted 97.00 room 0.00
         #g bet  A1 D1 front_pair 21x 3.00                   -> accepted 94.00 room 2.00
         #b bet  A1 D1 back_pair x27 4.00
         pays    D1 straight 127                             -> 350.00
         pays    D1 straight 126                             -> 150.00
         pays    D1 straight 927                             -> 200.00
         block   D1 199
         bet     A1 D1 front_pair 19x 1.00                   -> NumberBlocked
         bet     A1 D1 back_pair x99 1.00                    -> NumberBlocked
         bet     A1 D1 back_pair x98 1.00
         at 9
         settle  D1 127
         tick
         ticket  A1 #f                                       -> paid 150.00
         ticket  A1 #g                                       -> lost
         ticket  A1 #b                                       -> paid 200.00"
    ));
}

#[test]
fn straight_and_box_in_one_pays_less_for_another_order() {
    check(&format!(
        "{PICK_3}
         draw    D1 md.pick3 open until 9
         #a bet  A1 D1 straight_box 123 1.00, D1 straight_box 132 2.00, D1 straight_box 112 1.00
         pays    D1 straight 123                             -> 370.00
         pays    D1 straight 132                             -> 620.00
         pays    D1 straight 321                             -> 120.00
         pays    D1 straight 211                             -> 80.00
         bet     A1 D1 straight_box 777 1.00                 -> PlayNotAllowed
         at 9
         settle  D1 123
         tick
         ticket  A1 #a                                       -> paid 290.00, paid 80.00, lost"
    ));
}

#[test]
fn the_last_figures_pay_at_their_best_level_only() {
    check(
        "game    pcso.4d
         account A1
         deposit A1 100.00
         draw    D1 pcso.4d open until 9 payout 10799.99
         bet     A1 D1 match 1234 10.00, D1 match 9234 10.00    -> PayoutLimitReached 9.99 of bet 1
         limit   D1 payout * none
         #t bet  A1 D1 match 1234 10.00, D1 match 9234 10.00, D1 match 1934 10.00
         pays    D1 match 1234                               -> 10800.00
         pays    D1 match 5234                               -> 1600.00
         pays    D1 match 1235                               -> 0.00
         block   D1 5678
         bet     A1 D1 match 9678 10.00                      -> NumberBlocked
         bet     A1 D1 match 9978 10.00
         at 9
         settle  D1 1234
         tick
         ticket  A1 #t                                       -> paid 10000.00, paid 800.00, lost",
    );
}

#[test]
fn plays_of_one_group_share_the_count_of_a_number() {
    check(
        "game    shared 10^3 1.00..50.00 a@0=500 b@0=400 c.mixed@0=3:200|50,6:200|50 box@0=3:160,6:80 other=500
         account A1
         deposit A1 100.00
         draw    D1 shared open until 9 stake a=10.00
         bet     A1 D1 a 123 4.00                            -> accepted 96.00 room 6.00
         bet     A1 D1 b 123 3.00                            -> accepted 93.00 room 3.00
         bet     A1 D1 c 123 3.01                            -> StakeLimitReached 3.00
         // Another order, a class and another group are counted apart.
         bet     A1 D1 c 321 10.00                           -> accepted 83.00 room 0.00
         bet     A1 D1 box 321 10.00                         -> accepted 73.00 room 0.00
         bet     A1 D1 other 123 11.00                       -> accepted 62.00 room wide
         limit   D1 b 123 20.00
         room    D1 a 123                                    -> 13.00 taken 7.00 pays *
         limit   D1 c * 8.00
         room    D1 a 124                                    -> 8.00 taken 0.00 pays *
         limit   D1 a 123 clear
         room    D1 b 123                                    -> 1.00 taken 7.00 pays *",
    );
}

#[test]
fn only_groups_with_a_play_have_a_limit() {
    check(
        "game    g 10^3 1.00..50.00 a@0=500 b@7=400
         draw    D1 g until 9 stake a=1.00 b=2.00
         draw    D2 g until 9 stake nothing=1.00             -> done
         game    h 10^3 1.00..50.00 a@0=500
         draw    D3 h until 9 stake nothing=1.00             -> DrawInvalid",
    );
}

#[test]
fn numbers_of_more_than_ten_symbols() {
    check(
        "game    pcso.2d
         account A1
         deposit A1 100.00
         draw    D1 pcso.2d open until 9
         #t bet  A1 D1 straight 11-24 10.00, D1 rambolito 24-11 10.00
         bet     A1 D1 rambolito 6-6 10.00                   -> PlayNotAllowed
         bet     A1 D1 straight 31-0 10.00                   -> NumberOutside 960
         at 9
         settle  D1 11-24
         drawn   D1                                          -> 365
         tick
         ticket  A1 #t                                       -> paid 4000.00, paid 2000.00",
    );
}
