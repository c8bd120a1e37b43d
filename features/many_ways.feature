Feature: Calls that go other ways

  Scenario: Bob sends his caller on
    When Alice calls Bob
    And Bob redirects the call to Carol
    Then Carol rings
    When Carol answers the call
    Then Alice and Carol talk for 1 second

  Scenario: Nobody answers
    Given Bob lets it ring
    When Alice calls Bob
    Then Alice hears ringback
    And Bob rings for 1 second
    And Alice gets no answer within 2 seconds
    When Alice cancels the call
    Then Bob stops ringing

  Scenario: Three calls at once
    When the following calls are made:
      | caller | callee | answer after | talk     | hang-up by | expected code |
      | Ann    | Ben    | 500 ms       | 1 second | Ben        |               |
      | Cid    | Dan    |              | 500 ms   |            | 200           |
      | Eve    | 4711   |              |          |            | 404           |

  Scenario: A registration that does not last long is kept alive
    When Alice registers with expires 6
    Then Alice refreshes its registration within 8 seconds
    And Alice has 1 registered contact
    When Alice unregisters
    Then Alice is not registered
