//! A draw's life and its refusals; games.

use tests::table::check;

#[test]
fn a_draw_opens_and_closes_at_its_own_times() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d from 3 until 9
         at 2.999999999
         bet     A1 D1 straight 123 1.00                     -> DrawNotOpen 3
         at 3
         bet     A1 D1 straight 123 1.00                     -> accepted 99.00 room wide
         at 8.999999999
         bet     A1 D1 straight 123 1.00                     -> accepted 98.00 room wide
         at 9
         bet     A1 D1 straight 123 1.00                     -> DrawClosed 9
         seen    D1                                          -> closed bets 2 stake 2.00 escrow 2.00",
    );
}

#[test]
fn a_draw_opens_by_itself_from_the_tick_after_its_creation() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         at 5
         draw    D1 3d from 3 until 9
         + bet   A1 D1 straight 123 1.00                     -> DrawNotOpen 3
         bet     A1 D1 straight 123 1.00                     -> accepted 99.00 room wide",
    );
}

#[test]
fn a_draw_opens_and_closes_by_command() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d from 5 until 9
         seen    D1                                          -> draft bets 0 stake 0.00 escrow 0.00
         at 1
         open    D1
         open    D1                                          -> DrawState open
         bet     A1 D1 straight 123 1.00
         at 2
         close   D1
         bet     A1 D1 straight 123 1.00                     -> DrawClosed 2
         close   D1                                          -> DrawState closed
         open    D1                                          -> DrawState closed
         at 6
         seen    D1                                          -> closed bets 1 stake 1.00 escrow 1.00",
    );
}

#[test]
fn a_draft_that_nobody_opened_closes_at_its_cut_off() {
    check(
        "game    3d
         draw    D1 3d until 9
         draw    D2 3d until 9
         close   D2
         seen    D2                                          -> closed bets 0 stake 0.00 escrow 0.00
         at 9
         open    D1                                          -> DrawState closed
         seen    D1                                          -> closed bets 0 stake 0.00 escrow 0.00
         settle  D1 123
         seen    D1                                          -> settled bets 0 stake 0.00 escrow 0.00 paid 0.00 to 0 of 0",
    );
}

#[test]
fn a_tick_that_jumps_over_the_whole_life_of_a_draw() {
    check(
        "game    3d
         account A1
         deposit A1 1.00
         draw    D1 3d from 3 until 9
         at 20
         bet     A1 D1 straight 123 1.00                     -> DrawClosed 9",
    );
}

#[test]
fn draws_that_make_no_sense_are_refused() {
    check(
        "draw    D1 3d until 9                               -> GameUnknown
         game    3d
         draw    D1 3d v2 until 9                            -> GameUnknown
         at 5
         draw    D1 3d until 5                               -> DrawInvalid
         draw    D1 3d from 9 until 9                        -> DrawInvalid
         draw    D1 3d until 9 settles 8.999999999           -> DrawInvalid
         draw    D1 3d until 9 stake nothing=1.00            -> DrawInvalid
         draw    D1 3d from 1 until 5.000000006 settles 5.000000006   -> done
         draw    D1 3d until 5                               -> DrawExists
         open    D2                                          -> DrawUnknown
         close   D2                                          -> DrawUnknown
         settle  D2 123                                      -> DrawUnknown
         seen    D2                                          -> DrawUnknown",
    );
}

#[test]
fn a_game_is_defined_once_and_within_bounds() {
    check(
        "game    3d
         game    3d                                          -> GameExists
         game    3d v2 10^3 1.00..500.00 straight=500        -> done
         game    a v0 10^3 1.00..5.00 straight=1             -> GameInvalid 0
         game    a 1^3 1.00..5.00 straight=1                 -> GameInvalid 0
         game    a 11^3 1.00..5.00 straight=1                -> GameInvalid 0
         game    a 10^5 1.00..5.00 straight=1                -> GameInvalid 0
         game    a 10^3 0.00..5.00 straight=1                -> GameInvalid 0
         game    a 10^3 5.01..5.00 straight=1                -> GameInvalid 0
         game    a 10^3 1.00..10000000000.01 straight=1      -> GameInvalid 0
         game    a 10^3 1.00..5.00 straight=1 box=3:0        -> GameInvalid 1
         game    a 10^3 1.00..5.00 straight=1 box=6:1,3:1    -> GameInvalid 1
         game    a 10^3 1.00..5.00 straight=1/0 box=3:0      -> GameInvalid 0
         game    a 10^3 1.00..5.00 straight=1,1              -> GameInvalid 0
         game    a 10^3 1.00..5.00 straight=1000001          -> GameInvalid 0
         game    a 10^3 1.00..5.00 box=3:2,6:1000000         -> done",
    );
}

#[test]
fn a_draw_keeps_the_version_of_its_game() {
    check(
        "game    3d
         game    3d v2 10^3 1.00..500.00 straight=500
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9
         draw    D2 3d v2 open until 9
         bet     A1 D1 straight 123 1.00, D2 straight 123 1.00
         bet     A1 D2 2 123 1.00                            -> PlayUnknown 1
         at 9
         settle  D1 123
         settle  D2 123
         tick
         balance A1                                          -> 1048.00",
    );
}
