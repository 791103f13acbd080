package dev.belay.demo.order;

import dev.belay.http.server.BadRequestException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a customer asks for; checked, so that every other class can rely on it.
 *
 * @param email where the confirmation goes
 * @param items 1 to 50, each product once
 */
public record NewOrder(@Nullable String email, @Nullable List<@Nullable Item> items) {
  /** As browsers check it, without dots that a mail server would refuse. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "[\\w!#$%&'*+/=?^`{|}~-]+(\\.[\\w!#$%&'*+/=?^`{|}~-]+)*"
              + "@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63})*");

  private static final int MOST_ITEMS = 50;
  private static final int MOST_OF_ONE = 1000;

  /** So many of one product. */
  public record Item(@Nullable Integer productId, @Nullable Integer quantity) {}

  /** An item that was checked. */
  public record Line(int productId, int quantity) {}

  /**
   * The customer's address.
   *
   * @throws BadRequestException if it is none
   */
  public String checkedEmail() {
    if (email == null || email.length() > 254 || !ADDRESS.matcher(email).matches()) {
      throw new BadRequestException("email must be an address such as ada@example.org");
    }
    return email;
  }

  /**
   * The items in the order of their products, in which all orders lock them.
   *
   * @throws BadRequestException if one is wrong; the message says which
   */
  public List<Line> lines() {
    if (items == null || items.isEmpty() || items.size() > MOST_ITEMS) {
      throw new BadRequestException("items must be a list of 1 to " + MOST_ITEMS + " items");
    }
    Set<Integer> seen = new HashSet<>();
    return items.stream()
        .map(NewOrder::line)
        .peek(
            line -> {
              if (!seen.add(line.productId)) {
                throw new BadRequestException("product " + line.productId + " is listed twice");
              }
            })
        .sorted(java.util.Comparator.comparingInt(Line::productId))
        .toList();
  }

  private static Line line(@Nullable Item item) {
    if (item == null || item.productId == null) {
      throw new BadRequestException("every item needs a productId, a whole number");
    }
    if (item.quantity == null || item.quantity <= 0 || item.quantity > MOST_OF_ONE) {
      throw new BadRequestException(
          "quantity of product "
              + item.productId
              + " must be a whole number from 1 to "
              + MOST_OF_ONE);
    }
    return new Line(item.productId, item.quantity);
  }
}
