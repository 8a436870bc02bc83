//! Repetition, reuse, windows, floors, marks.

use tests::table::check;

#[test]
fn a_repeated_ticket_hears_its_first_outcome_and_todays_balance_and_room() {
    check(
        "game    3d
         account A1
         deposit A1 100.00
         draw    D1 3d open until 9 stake straight=50.00
         #t bet  A1 D1 straight 123 10.00                    -> accepted 90.00 room 40.00
         #t bet  A1 D1 straight 123 10.00                    -> again accepted 90.00 room 40.00
         bet     A1 D1 straight 123 30.00                    -> accepted 60.00 room 10.00
         #t bet  A1 D1 straight 123 10.00                    -> again accepted 60.00 room 10.00
         at 9
         #t bet  A1 D1 straight 123 10.00                    -> again accepted 60.00 room 10.00
         settle  D1 123
         tick
         #t bet  A1 D1 straight 123 10.00                    -> again accepted 18060.00 room 10.00
         audit                                               -> in 100.00 out 0.00 accounts 18060.00 escrow 0.00 house -17960.00",
    );
}

#[test]
fn a_repeated_refusal_stays_a_refusal_even_if_it_would_fit_now() {
    check(
        "game    3d
         account A1
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 10.00                    -> FundsShort 0.00
         deposit A1 100.00
         #t bet  A1 D1 straight 123 10.00                    -> again FundsShort 0.00
         bet     A1 D1 straight 123 10.00                    -> accepted 90.00 room wide",
    );
}

#[test]
fn an_id_with_other_content_is_refused_and_does_nothing() {
    check(
        "game    3d
         account A1
         #d deposit A1 100.00                                -> done 100.00
         #d deposit A1 100.01                                -> IdReused
         #d withdraw A1 100.00                               -> IdReused
         #d deposit A1 100.00                                -> again done 100.00
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 10.00
         #t bet  A1 D1 straight 123 10.01                    -> IdReused
         #t bet  A1 D1 straight 123 10.00, D1 straight 124 1.00         -> IdReused
         #t cancel A1 #t                                     -> IdReused
         balance A1                                          -> 90.00",
    );
}

#[test]
fn ids_are_scoped_to_the_account_or_the_principal() {
    check(
        "game    3d
         #x account A1                                       -> done
         #x account A2                                       -> done
         #x by 1 draw D1 3d until 9                          -> done
         #x by 1 draw D2 3d until 9                          -> IdReused
         #x by 2 draw D2 3d until 9                          -> done
         #x by 0 draw D3 3d until 9                          -> done
         #x by 2 draw D2 3d until 9                          -> again done
         #y by 2 draw D2 3d until 9                          -> DrawExists
         #y by 2 draw D2 3d until 9                          -> again DrawExists
         #y by 1 open D2                                     -> done
         #y deposit A2 1.00                                  -> done 1.00",
    );
}

#[test]
fn a_repetition_within_one_tick_is_a_repetition() {
    check(
        "game    3d
         account A1
         #d deposit A1 10.00                                 -> done 10.00
         + #d deposit A1 10.00                               -> again done 10.00
         draw    D1 3d open until 9
         + #t bet A1 D1 straight 123 11.00                   -> FundsShort 10.00
         + #d deposit A1 10.00                               -> again done 10.00
         + #t bet A1 D1 straight 123 11.00                   -> again FundsShort 10.00
         + #u bet A1 D1 straight 123 10.00                   -> accepted 0.00 room wide
         + #u bet A1 D1 straight 123 10.00                   -> again accepted 0.00 room wide",
    );
}

#[test]
fn an_id_lives_between_the_floor_and_the_lead() {
    check(
        "ledger  window 60 ahead 10
         account A1
         at 100
         #a@40     deposit A1 1.00                           -> IdExpired 40.001
         #b@40.001 deposit A1 1.00                           -> done 1.00
         #c@110    deposit A1 1.00                           -> done 2.00
         #d@110.001 deposit A1 1.00                          -> IdAhead 110
         #d@110.001 deposit A2 1.00                          -> IdAhead 110
         // Neither is remembered: the same id is welcome when its time has come.
         at 101
         #d        deposit A1 1.00                           -> done 3.00
         #a        deposit A1 1.00                           -> IdExpired 41.001
         balance   A1                                        -> 3.00",
    );
}

#[test]
fn a_ticket_is_known_for_longer_than_its_window() {
    check(
        "ledger  window 60 ahead 10
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 9
         #t bet  A1 D1 straight 123 4.00                     -> accepted 6.00 room wide
         #u bet  A1 D1 straight 123 7.00                     -> FundsShort 6.00
         #d deposit A1 1.00                                  -> done 7.00
         at 69.999999999
         #u bet  A1 D1 straight 123 7.00                     -> again FundsShort 6.00
         #d deposit A1 1.00                                  -> again done 7.00
         at 71
         #u bet  A1 D1 straight 123 7.00                     -> IdExpired 11.001
         #d deposit A1 1.00                                  -> IdExpired 11.001
         #t bet  A1 D1 straight 123 4.00                     -> again accepted 7.00 room wide
         #t bet  A1 D1 straight 123 5.00                     -> IdReused",
    );
}

#[test]
fn a_cancel_of_an_unknown_ticket_leaves_a_mark_that_refuses_it() {
    check(
        "ledger  window 60 ahead 10
         game    3d
         account A1
         deposit A1 10.00
         draw    D1 3d open until 900
         #c cancel A1 #t                                     -> done 10.00
         #c cancel A1 #t                                     -> again done 10.00
         cancel  A1 #t                                       -> TicketCancelled
         #t bet  A1 D1 straight 123 4.00                     -> TicketCancelled
         #t bet  A1 D1 straight 123 5.00                     -> TicketCancelled
         #t deposit A1 5.00                                  -> TicketCancelled
         ticket  A1 #t                                       -> TicketUnknown
         balance A1                                          -> 10.00
         at 71
         // The mark is gone, and the id's time with it.
         #t bet  A1 D1 straight 123 4.00                     -> IdExpired 11.001
         cancel  A1 #t                                       -> TicketUnknown",
    );
}

#[test]
fn a_cancel_of_what_is_no_ticket_and_can_be_none() {
    check(
        "ledger  window 60 ahead 10
         game    3d
         account A1
         draw    D1 3d open until 900
         #d deposit A1 10.00
         #r bet  A1 D1 straight 123 11.00                    -> FundsShort 10.00
         cancel  A1 #d                                       -> TicketUnknown
         cancel  A1 #r                                       -> TicketUnknown
         cancel  A1 #ahead@10.001                            -> TicketUnknown
         cancel  A1 #expired@-60                             -> TicketUnknown
         cancel  A1 #late@-59.999                            -> done 10.00",
    );
}

#[test]
fn a_full_ring_of_refusals_raises_the_floor_of_who_leaves_it() {
    check(
        "ledger  window 60 ahead 10 refused 2 partitions 1
         account A1
         account A2
         at 10
         #a withdraw A1 1.00                                 -> FundsShort 0.00
         at 11
         #b withdraw A1 1.00                                 -> FundsShort 0.00
         #a withdraw A1 1.00                                 -> again FundsShort 0.00
         at 12
         #c withdraw A1 1.00                                 -> FundsShort 0.00
         // The first has left the ring; now it can no longer be told from something new.
         #a withdraw A1 1.00                                 -> IdExpired 10.001
         #b withdraw A1 1.00                                 -> again FundsShort 0.00
         #e@10 deposit A1 1.00                               -> IdExpired 10.001
         #f@10.001 deposit A1 1.00                           -> done 1.00
         // Another account keeps its own floor.
         #g@10 deposit A2 1.00                               -> done 1.00
         // A mark takes a place like a refusal, and an accepted command none.
         cancel A1 #later@13                                 -> done 1.00
         #b withdraw A1 1.00                                 -> IdExpired 11.001
         #later deposit A1 1.00                              -> TicketCancelled",
    );
}

#[test]
fn principals_have_floors_of_their_own() {
    check(
        "ledger  window 60 ahead 10 refused 1 partitions 1
         at 10
         #a by 0 open D1                                     -> DrawUnknown
         at 11
         #b by 7 open D1                                     -> DrawUnknown
         #a by 0 open D1                                     -> IdExpired 10.001
         #c@10 by 7 close D1                                 -> DrawUnknown
         #b by 7 open D1                                     -> IdExpired 11.001
         #a by 0 open D1                                     -> IdExpired 10.001
         #d@11 by 0 open D1                                  -> DrawUnknown
         #e@11 by 7 open D1                                  -> IdExpired 11.001",
    );
}

#[test]
fn what_is_past_its_time_is_forgotten_whether_or_not_it_has_been_swept() {
    let many: String = (1..100).map(|n| format!("+ #d{n}@15 deposit A1 1.00\n")).collect();
    check(&format!(
        "ledger  window 60 ahead 10 partitions 1
         account A1
         at 5
         #d0@15 deposit A1 1.00
         {many}
         at 74.999999999
         #d0  deposit A1 1.00                                -> again done 100.00
         + #d99 deposit A1 1.00                              -> again done 100.00
         at 75
         #d0  deposit A1 1.00                                -> IdExpired 15.001
         + #d99 deposit A1 1.00                              -> IdExpired 15.001"
    ));
}
