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
         game    a 101^2 1.00..5.00 straight=1               -> GameInvalid 0
         game    a 22^3 1.00..5.00 straight=1                -> GameInvalid 0
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
fn a_game_of_tiers_and_levels_is_within_bounds() {
    let zeros = ["1"; 32].join(",");
    check(&format!(
        "game    a 10^3 1.00..5.00 tiers 2,1 a=1             -> GameInvalid 0
         game    a 10^3 1.00..5.00 tiers 1,3 a=1             -> GameInvalid 0
         game    a 10^3 1.00..5.00 tiers 1,2,3,4,5,6,7,8,9 a=1   -> GameInvalid 0
         game    a 10^3 1.00..5.00 round 4 0.01 a=1          -> GameInvalid 0
         game    a 10^3 1.00..5.00 round up 0.00 a=1         -> GameInvalid 0
         game    a 10^3 1.00..5.00 round up 10000.01 a=1     -> GameInvalid 0
         game    a 10^3 1.00..5.00 tax 1.00 101% a=1         -> GameInvalid 0
         // A fault of the game comes before those of its plays.
         game    a 10^3 1.00..5.00 tiers 1,2,2,4 a=1;1;1     -> GameInvalid 0
         game    a 10^3 1.00..5.00 tiers 1,2 a=1 b=1;1;1     -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b=1|1                 -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.any=3:1|1           -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.mixed=3:1|1|1       -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.tail=1|1|1|1        -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.###=1               -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.---=1               -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.---#=1              -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b@8=1                 -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.exact=3:1           -> GameInvalid 1
         game    a 10^3 1.00..5.00 a=1 b.#--=-               -> GameInvalid 1
         game    a 10^3 1.00..5.00 tiers {zeros} a=1         -> done
         game    b 100^2 1.00..5.00 tiers 1,2 round half-up 10000.00 tax 0.00 100% a.mixed*255@7=2:-;1000000|1   -> done"
    ));
}

#[test]
fn a_suspended_draw_takes_no_bets_until_it_is_resumed() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d until 9
         suspend D1                                          -> DrawState draft
         resume  D1                                          -> DrawState draft
         open    D1
         resume  D1                                          -> DrawState open
         #t bet  A1 D1 straight 123 1.00
         #u bet  A1 D1 straight 123 1.00
         suspend D1
         seen    D1                                          -> suspended bets 2 stake 2.00 escrow 2.00
         bet     A1 D1 straight 123 1.00                     -> DrawSuspended
         bet     A1 D1 9 1000 0.01                           -> DrawSuspended
         suspend D1                                          -> DrawState suspended
         open    D1                                          -> DrawState suspended
         settle  D1 123                                      -> DrawState suspended
         // Limits move, numbers are blocked, and tickets are cancelled as in one that is open.
         limit   D1 straight 123 5.00
         block   D1 321
         cancel  A1 #t                                       -> done 9.00
         resume  D1
         bet     A1 D1 straight 123 1.00                     -> accepted 8.00 room 3.00
         suspend D1
         at 9
         seen    D1                                          -> suspended bets 2 stake 2.00 escrow 2.00
         tick
         seen    D1                                          -> closed bets 2 stake 2.00 escrow 2.00
         resume  D1                                          -> DrawState closed
         bet     A1 D1 straight 123 1.00                     -> DrawClosed 9
         cancel  A1 #u                                       -> DrawClosed 9 of bet 0
         suspend D2                                          -> DrawUnknown
         resume  D2                                          -> DrawUnknown",
    );
}

#[test]
fn a_suspended_draw_can_be_closed() {
    check(
        "game    3d
         draw    D1 3d open until 9
         at 3
         suspend D1
         close   D1
         seen    D1                                          -> closed bets 0 stake 0.00 escrow 0.00
         resume  D1                                          -> DrawState closed",
    );
}

#[test]
fn a_draw_that_is_called_off_gives_the_stakes_back_in_the_order_of_the_bets() {
    check(
        "ledger  payouts 2
         game    3d
         account A1
         account A2
         deposit A1 10.00
         deposit A2 10.00
         draw    D1 3d open until 9
         draw    D2 3d open until 20
         #a bet  A1 D1 straight 123 1.00
         #b bet  A2 D1 straight 123 2.00, D2 straight 123 1.00
         #c bet  A1 D1 rambolito 123 3.00
         #d bet  A2 D1 straight 321 4.00
         cancel  A1 #a
         at 5
         void    D1
         void    D1                                          -> DrawSettling voiding
         // The bet that was taken back had its turn, and one was refunded.
         seen    D1                                          -> voiding bets 2 stake 7.00 escrow 7.00
         ticket  A2 #b                                       -> refunded 2.00, open
         ticket  A1 #c                                       -> open
         balance A2                                          -> 5.00
         bet     A1 D1 straight 123 1.00                     -> DrawClosed 5
         ticket  A1 #a                                       -> cancelled
         seen    D1                                          -> void bets 0 stake 0.00 escrow 0.00
         ticket  A1 #c                                       -> refunded 3.00
         ticket  A2 #d                                       -> refunded 4.00
         balance A1                                          -> 10.00
         balance A2                                          -> 9.00
         settle  D1 123                                      -> DrawState void
         cancel  A1 #c                                       -> DrawClosed 5 of bet 0
         annul   A1 #c                                       -> DrawState void of bet 0
         limit   D1 straight * 1.00                          -> DrawState void
         block   D1 123                                      -> DrawState void
         drawn   D1                                          -> nothing
         audit                                               -> in 20.00 out 0.00 accounts 19.00 escrow 1.00 house 0.00",
    );
}

#[test]
fn a_draw_can_be_called_off_until_it_has_a_result() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d until 9
         void    D1
         seen    D1                                          -> void bets 0 stake 0.00 escrow 0.00
         open    D1                                          -> DrawState void
         draw    D2 3d open until 9
         suspend D2
         void    D2
         seen    D2                                          -> void bets 0 stake 0.00 escrow 0.00
         draw    D3 3d open until 9
         #t bet  A1 D3 straight 123 1.00
         draw    D4 3d open until 9
         at 9
         void    D3
         tick
         ticket  A1 #t                                       -> refunded 1.00
         settle  D4 123
         void    D4                                          -> DrawState settled
         void    D5                                          -> DrawUnknown",
    );
}

#[test]
fn a_confirmed_result_needs_two_principals() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9 confirmed
         #t bet  A1 D1 straight 123 1.00
         at 9
         by 1 settle D1 1000                                 -> NumberOutside 999
         by 1 settle D1 124                                  -> done
         seen    D1                                          -> closed bets 1 stake 1.00 escrow 1.00
         drawn   D1                                          -> nothing
         ticket  A1 #t                                       -> open
         // Whoever gave it can correct it, and cannot confirm it.
         by 1 settle D1 123
         by 1 settle D1 123
         drawn   D1                                          -> nothing
         by 2 settle D1 124                                  -> ResultDiffers
         by 2 settle D1 123 124                              -> ResultDiffers
         by 1 settle D1 123 124                              -> ResultCount 1
         by 2 settle D1 123
         drawn   D1                                          -> 123
         ticket  A1 #t                                       -> won 450.00
         by 3 settle D1 123                                  -> DrawState settled",
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
