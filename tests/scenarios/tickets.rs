//! What a bet meets on its way in, and what a ticket is.

use tests::table::check;

#[test]
fn a_bet_meets_the_balance_then_its_limit_then_the_cut_off() {
    check(
        "game    3d
         account A1
         deposit A1 100.00                                   -> done 100.00
         draw    D1 3d open until 9 stake straight=50.00
         at 5
         bet     A1 D1 straight 123 10.00                    -> accepted 90.00 room 40.00
         bet     A1 D1 straight 123 40.01                    -> StakeLimitReached 40.00
         bet     A1 D1 straight 123 40.00                    -> accepted 50.00 room 0.00
         bet     A1 D1 straight 321 50.00                    -> accepted 0.00 room 0.00
         bet     A1 D1 straight 112 1.00                     -> FundsShort 0.00
         at 9
         bet     A1 D1 straight 112 1.00                     -> DrawClosed 9",
    );
}

#[test]
fn the_first_fault_by_reason_is_the_answer() {
    check(
        "game    3d
         bet     A1 D1 straight 123 10.00                    -> AccountUnknown
         account A1
         bet     A1 D1 straight 123 10.00                    -> DrawUnknown
         draw    D1 3d until 9
         bet     A1 D1 straight 123 10.00                    -> DrawNotOpen
         open    D1
         bet     A1 D1 9 1000 0.01                           -> PlayUnknown 2
         bet     A1 D1 straight 1000 0.01                    -> NumberOutside 999
         bet     A1 D1 rambolito 777 0.01                    -> PlayNotAllowed
         bet     A1 D1 straight 777 0.99                     -> StakeBelowMinimum 1.00
         bet     A1 D1 straight 777 10000.01                 -> StakeAboveMaximum 10000.00
         block   D1 777
         limit   D1 straight 777 0.00
         limit   D1 payout 777 0.00
         bet     A1 D1 straight 777 1.00                     -> NumberBlocked
         unblock D1 777
         bet     A1 D1 straight 777 1.00                     -> StakeLimitReached 0.00
         limit   D1 straight 777 clear
         bet     A1 D1 straight 777 1.00                     -> PayoutLimitReached 0.00
         limit   D1 payout 777 clear
         bet     A1 D1 straight 777 1.00                     -> FundsShort 0.00
         close   D1
         bet     A1 D1 9 1000 0.01                           -> DrawClosed 0",
    );
}

#[test]
fn a_ticket_stands_whole_or_not_at_all() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake straight=20.00
         draw    D2 3d open until 9
         bet     A1 D1 straight 123 20.01, D2 straight 123 10.00        -> StakeLimitReached 20.00 of bet 0
         seen    D2                                          -> open bets 0 stake 0.00 escrow 0.00
         balance A1                                          -> 100.00
         bet     A1 D1 straight 123 20.00, D2 straight 123 80.00        -> accepted 0.00 room 0.00 wide
         seen    D2                                          -> open bets 1 stake 80.00 escrow 80.00",
    );
}

#[test]
fn of_several_bets_the_least_reason_answers_and_of_equal_ones_the_first_bet() {
    check(
        "game    3d
         account A1
         draw    D1 3d open until 9
         bet     A1 D1 straight 123 0.01, D1 rambolito 777 1.00         -> PlayNotAllowed of bet 1
         bet     A1 D1 straight 123 0.01, D1 straight 321 0.01          -> StakeBelowMinimum 1.00 of bet 0
         bet     A1 D1 straight 123 0.01, D1 straight 1000 1.00, D7 straight 1 1.00   -> DrawUnknown of bet 2
         bet     A1 D1 straight 123 1.00, D1 straight 321 1.00          -> FundsShort 0.00",
    );
}

#[test]
fn bets_of_one_ticket_press_on_the_same_limits() {
    check(
        "game    3d
         account A1
         deposit A1 1000.00
         draw    D1 3d open until 9 stake straight=10.00 rambolito=10.00
         bet     A1 D1 straight 123 6.00, D1 straight 123 4.01          -> StakeLimitReached 4.00 of bet 1
         bet     A1 D1 rambolito 123 6.00, D1 rambolito 321 4.01        -> StakeLimitReached 4.00 of bet 1
         bet     A1 D1 straight 123 6.00, D1 straight 123 4.00          -> accepted 990.00 room 0.00 0.00
         limit   D1 payout 112 1650.00
         bet     A1 D1 rambolito 211 10.00, D1 straight 112 1.00        -> PayoutLimitReached 0.33 of bet 1
         bet     A1 D1 rambolito 211 8.00, D1 straight 112 1.00         -> accepted 981.00 room 0.00 0.00",
    );
}

#[test]
fn a_ticket_of_sixty_four_bets() {
    let bets = (0..64).map(|number| format!("D1 straight {number:03} 1.00")).collect::<Vec<_>>().join(", ");
    let rooms = "9.00 ".repeat(64);
    check(&format!(
        "game    3d
         account A1
         deposit A1 63.99
         draw    D1 3d open until 9 stake straight=10.00
         bet     A1 {bets} -> FundsShort 63.99
         deposit A1 0.01
         bet     A1 {bets} -> accepted 0.00 room {rooms}
         seen    D1        -> open bets 64 stake 64.00 escrow 64.00"
    ));
}

#[test]
fn a_ticket_is_cancelled_whole_and_its_room_comes_back() {
    check(
        "game    3d
         account A1
         deposit A1 50.00
         draw    D1 3d open until 9 stake straight=10.00
         draw    D2 3d open until 9
         #t bet  A1 D1 straight 123 10.00, D2 rambolito 123 5.00        -> accepted 35.00 room 0.00 wide
         ticket  A1 #t                                       -> open, open
         cancel  A1 #t                                       -> done 50.00
         ticket  A1 #t                                       -> cancelled, cancelled
         room    D1 straight 123                             -> 10.00 taken 0.00 pays 0.00
         room    D2 straight 123                             -> wide taken 0.00 pays 0.00
         cancel  A1 #t                                       -> TicketCancelled
         #t bet  A1 D1 straight 123 10.00, D2 rambolito 123 5.00        -> again accepted 50.00 room 10.00 wide
         audit                                               -> in 50.00 out 0.00 accounts 50.00 escrow 0.00 house 0.00",
    );
}

#[test]
fn a_ticket_cannot_be_cancelled_once_a_draw_of_it_has_closed() {
    check(
        "game    3d
         account A1
         deposit A1 50.00
         draw    D1 3d open until 9
         draw    D2 3d open until 5
         #t bet  A1 D1 straight 123 10.00, D2 straight 123 5.00
         at 4.999999999
         #u bet  A1 D2 straight 123 1.00
         at 5
         cancel  A1 #t                                       -> DrawClosed 5 of bet 1
         settle  D2 999
         cancel  A1 #u                                       -> DrawClosed 5 of bet 0
         ticket  A1 #t                                       -> open, lost",
    );
}

#[test]
fn a_draw_may_forbid_its_clients_to_cancel() {
    check(
        "game    3d
         account A1
         deposit A1 50.00
         draw    D1 3d open until 9
         draw    D2 3d open until 5 final
         #t bet  A1 D1 straight 123 10.00, D2 straight 123 5.00
         cancel  A1 #t                                       -> CancelNotAllowed of bet 1
         at 5
         cancel  A1 #t                                       -> DrawClosed 5 of bet 1
         balance A1                                          -> 35.00",
    );
}

#[test]
fn a_ticket_belongs_to_its_account() {
    check(
        "game    3d
         account A1
         account A2
         deposit A1 50.00
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 10.00
         ticket  A2 #t                                       -> TicketUnknown
         ticket  A3 #t                                       -> AccountUnknown
         cancel  A3 #t                                       -> AccountUnknown
         #t bet  A2 D1 straight 123 10.00                    -> FundsShort 0.00
         ticket  A1 #t                                       -> open",
    );
}

#[test]
fn commands_of_one_tick_meet_each_other_in_order() {
    check(
        "game    3d
         account A1
         deposit A1 10.00
         + draw  D1 3d open until 9 stake straight=8.00
         + bet   A1 D1 straight 123 6.00                     -> accepted 4.00 room 2.00
         + bet   A1 D1 straight 123 3.00                     -> StakeLimitReached 2.00
         + limit D1 straight 123 9.00
         + bet   A1 D1 straight 123 3.00                     -> accepted 1.00 room 0.00
         + withdraw A1 1.00                                  -> done 0.00
         + bet   A1 D1 straight 321 1.00                     -> FundsShort 0.00
         + close D1
         + bet   A1 D1 straight 321 1.00                     -> DrawClosed 0
         + settle D1 123
         balance A1                                          -> 0.00
         tick
         balance A1                                          -> 4050.00",
    );
}

#[test]
fn an_operator_cancels_a_ticket_until_settlement_starts() {
    check(
        "game    3d
         account A1
         deposit A1 50.00
         draw    D1 3d open until 5 final
         draw    D2 3d open until 9
         #t bet  A1 D1 straight 123 10.00, D2 straight 123 5.00
         #u bet  A1 D1 straight 123 1.00
         #v bet  A1 D2 straight 123 1.00, D1 straight 123 1.00
         suspend D2
         cancel  A1 #t                                       -> CancelNotAllowed of bet 0
         at 5
         cancel  A1 #t                                       -> DrawClosed 5 of bet 0
         annul   A1 #t                                       -> done 47.00
         ticket  A1 #t                                       -> cancelled, cancelled
         annul   A1 #t                                       -> TicketCancelled
         settle  D1 123
         annul   A1 #u                                       -> DrawState settled of bet 0
         annul   A1 #v                                       -> DrawState settled of bet 1
         // An unknown ticket is not marked: it can still come.
         annul   A1 #w                                       -> TicketUnknown
         annul   A2 #w                                       -> AccountUnknown
         resume  D2
         #w bet  A1 D2 straight 124 1.00                     -> accepted 946.00 room wide
         cancel  A1 #x
         annul   A1 #x                                       -> TicketCancelled",
    );
}
