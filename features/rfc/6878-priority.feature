@rfc.6878
Feature: RFC 6878: priority of calls
  Priority tells the callee how urgent a call is; RFC 6878 keeps the list of values and adds psap-callback.
  The server passes it on whatever it says.

  @with.kamailio
  Scenario Outline: <priority> arrives as it was sent
    When Alice calls Bob with priority <priority>
    Then Bob receives INVITE with header Priority equal to "<priority>"
    And both legs have the same Priority
    And Bob rejects the call with 486

    Examples:
      | priority      |
      | emergency     |
      | urgent        |
      | normal        |
      | non-urgent    |
      | psap-callback |
      | x-unheard-of  |

  @with.kamailio
  Scenario: a call without it stays without it
    When Alice calls Bob
    Then Bob receives INVITE without header Priority
    And Alice hangs up
