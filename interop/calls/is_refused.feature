Feature: A phone of gannet is refused
  Bob is a foreign phone that declines every call, Carol one that rings and is never answered.

  Scenario: the called user does not exist
    Given Alice uses generic phone
    When Alice calls "nobody"
    Then the call fails with 404

  Scenario: the called phone declines
    Given Alice uses generic phone
    When Alice calls "bob"
    Then the call fails with 603

  Scenario: the called phone is not answered
    Given Alice uses generic phone
    When Alice calls "carol"
    Then Alice hears ringback
    And the call fails with 408,480 within 20 seconds

  Scenario: the caller gives up
    Given Alice uses generic phone
    When Alice calls "carol"
    Then Alice hears ringback
    When Alice cancels the call
    Then Alice receives 487 to INVITE

  Scenario: the password is wrong
    Given Dave uses generic phone
    And Dave has the wrong password
    When Dave registers and is refused with 401,403
    Then Dave is not registered
